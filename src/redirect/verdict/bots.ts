import { isbotMatch } from "isbot";
import { cutText } from "../../lib/well-formed.ts";
import { memoize } from "../memoize.ts";

/** A browser's user agent has nothing relevant after this, and the cost of the list grows with the length. */
const MAX_CHARACTERS = 512;

/** Bots that the list misses: page testers, screenshot tools, agents and email scanners with a browser's user agent. */
const MISSED_BY_NAME =
  /\bgtmetrix|\bminiature\.io\/|\bylt chrome|\btsm-turingos|\bslimerjs|powershell\/|\b(?:barracuda|proofpoint|mimecast|ciscosecureemail|tmes)\b/i;

/** `Mozilla/5.0 (Windows NT 10.0)` with nothing after it is a script; only Internet Explorer and consoles end like this. */
const UNFINISHED = /^Mozilla\/\d\.\d \((?!.*(?:MSIE|PlayStation))[^)]*\)$/i;

/**
 * Every browser calls itself Mozilla or Opera, except UC on old phones (UCWEB, MIDP) and sometimes Facebook's in-app browser
 * (`[FBAN/…`). Anything else is an app or a script that fetches: Dalvik, CFNetwork, Dart.
 */
const BROWSER = /Mozilla\/|Opera\/|UCWEB|MIDP|^\[FB/i;

/**
 * Apps and phones whose name has a word that the list takes for a bot's, such as "news". They are removed before the rest is
 * matched. Word and Excel (`MSIE …; ms-office`) aren't bots either: they follow the redirect themselves and open its target
 * in the user's browser, so theirs is the only request of that click.
 */
const PEOPLE =
  /\b(?:SmartNews|NewsBreak|NewsArticle|SogouMSE|SogouMobileBrowser)\b|\(News (?=\d)|(?<=HTC; )Radar\b|(?<![a-z])CUBOT(?=[\s_;/)]|$)/gi;

/** Patterns that find a bot's name, most specific first. */
const NAMES = [
  /(?<![\w.-])[\w.-]{2,40}(?:bot|crawl|spider|preview|external|proxy)[\w-]*|headless\w*/i,
  /(?<=compatible; ?)(?!MSIE)\w[\w.!-]+/i,
  /^(?!Mozilla|Opera)\w[^/(;,]*/i,
];
const MAX_NAME_CHARACTERS = 60;

const recognizeKnownBot = memoize(recognizeBot, MAX_CHARACTERS);

/** Finds the name of the bot with this user agent, or the words that identify it; null for a person. */
export function findBotName(userAgent: string | null): string | null {
  // isbot treats an empty user agent as a person; no browser sends one.
  if (userAgent === null || userAgent.trim() === "") return "empty user agent";
  return recognizeKnownBot(userAgent);
}

/** {@link findBotName} without the memo, for a user agent that is not empty. */
export function recognizeBot(userAgent: string): string | null {
  const whole = cutText(userAgent, MAX_CHARACTERS);
  const listed = isbotMatch(whole);
  const text = listed === null ? whole : whole.replace(PEOPLE, "");
  const match = text === whole ? listed : isbotMatch(text);
  const found = match ?? MISSED_BY_NAME.exec(text)?.[0] ?? UNFINISHED.exec(text)?.[0] ?? null;
  if (found !== null) return nameIn(text, found);
  return BROWSER.test(text) ? null : nameIn(whole, whole);
}

/** The bot's own name if it has one, else the word that matched. */
function nameIn(text: string, found: string): string {
  const withoutAddresses = text.replaceAll(/\+?https?:[^\s;)]*|(?<![^\s@])[^\s@]+@\S+/gi, "");
  const name = NAMES.map((pattern) => pattern.exec(withoutAddresses)?.[0].trim()).find(Boolean);
  if (name === undefined && /^https?$/i.test(found)) return "an address in the user agent";
  return cutText(name ?? wordAround(text, found), MAX_NAME_CHARACTERS);
}

function wordAround(text: string, found: string): string {
  const start = text.indexOf(found);
  const before = /[\w.-]*$/.exec(text.slice(Math.max(0, start - 40), start))?.[0] ?? "";
  const after = /^[\w.-]{0,40}/.exec(text.slice(start + found.length))?.[0] ?? "";
  return `${before}${found}${after}`.trim();
}
