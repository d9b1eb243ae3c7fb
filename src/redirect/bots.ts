import { isbotMatch } from "isbot";
import { memoize } from "./memoize.ts";

/** No browser says more than this of itself that matters, and the cost of the list grows with the length. */
const MAX_CHARACTERS = 512;

/** Bots that the list misses: page testers, screenshots, agents and mail scanners that hide in a browser's user agent. */
const MISSED_BY_NAME =
  /\bgtmetrix|\bminiature\.io\/|\bylt chrome|\btsm-turingos|\bslimerjs|powershell\/|\b(?:barracuda|proofpoint|mimecast|ciscosecureemail|tmes)\b/i;

/** `Mozilla/5.0 (Windows NT 10.0)` and nothing after it: scripts; of browsers, only Internet Explorer and consoles end so. */
const UNFINISHED = /^Mozilla\/\d\.\d \((?!.*(?:MSIE|PlayStation))[^)]*\)$/i;

/**
 * Every browser calls itself Mozilla or Opera, but UC on old handsets (UCWEB, MIDP) and, now and then, Facebook's in-app
 * browser (`[FBAN/…`). What does not is an app or a script that fetches: Dalvik, CFNetwork, Dart and the like.
 */
const BROWSER = /Mozilla\/|Opera\/|UCWEB|MIDP|^\[FB/i;

/**
 * People's apps and phones with a word that the list takes for a bot's, such as "news". They are taken out and the rest is
 * judged. Word and Excel (`MSIE …; ms-office`) are on neither list: they follow a redirect themselves and open its end in
 * the browser of the person who clicked, so theirs is the only request of that click.
 */
const PEOPLE =
  /\b(?:SmartNews|NewsBreak|NewsArticle|SogouMSE|SogouMobileBrowser)\b|\(News (?=\d)|(?<=HTC; )Radar\b|(?<![a-z])CUBOT(?=[\s_;/)]|$)/gi;

/** Where a bot's name stands, most telling first. */
const NAMES = [
  /(?<![\w.-])[\w.-]{2,40}(?:bot|crawl|spider|preview|external|proxy)[\w-]*|headless\w*/i,
  /(?<=compatible; ?)(?!MSIE)\w[\w.!-]+/i,
  /^(?!Mozilla|Opera)\w[^/(;,]*/i,
];
const MAX_NAME_CHARACTERS = 60;

const recognizeKnownBot = memoize(recognizeBot, MAX_CHARACTERS);

/** The name of the bot whose user agent this is, or the words that give it away; null for a person. */
export function findBotName(userAgent: string | null): string | null {
  // isbot takes an empty user agent for a person; no browser sends one.
  if (userAgent === null || userAgent.trim() === "") return "empty user agent";
  return recognizeKnownBot(userAgent);
}

/** {@link findBotName} of a user agent that is not empty, without what is remembered of earlier ones. */
export function recognizeBot(userAgent: string): string | null {
  const whole = userAgent.slice(0, MAX_CHARACTERS);
  const listed = isbotMatch(whole);
  const text = listed === null ? whole : whole.replace(PEOPLE, "");
  const match = text === whole ? listed : isbotMatch(text);
  const found = match ?? MISSED_BY_NAME.exec(text)?.[0] ?? UNFINISHED.exec(text)?.[0] ?? null;
  if (found !== null) return nameIn(text, found);
  return BROWSER.test(text) ? null : nameIn(whole, whole);
}

/** The bot's own name, as far as it tells; else the word that gave it away. */
function nameIn(text: string, found: string): string {
  const withoutAddresses = text.replaceAll(/\+?https?:[^\s;)]*|(?<![^\s@])[^\s@]+@\S+/gi, "");
  const name = NAMES.map((pattern) => pattern.exec(withoutAddresses)?.[0].trim()).find(Boolean);
  if (name === undefined && /^https?$/i.test(found)) return "an address in the user agent";
  return (name ?? wordAround(text, found)).slice(0, MAX_NAME_CHARACTERS);
}

function wordAround(text: string, found: string): string {
  const start = text.indexOf(found);
  const before = /[\w.-]*$/.exec(text.slice(Math.max(0, start - 40), start))?.[0] ?? "";
  const after = /^[\w.-]{0,40}/.exec(text.slice(start + found.length))?.[0] ?? "";
  return `${before}${found}${after}`.trim();
}
