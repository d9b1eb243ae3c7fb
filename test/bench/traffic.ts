/**
 * A program's traffic, generated from a seed: a place in the traffic always has the same click, in whatever order clicks
 * are generated. Popularity follows Zipf's law. Clicks are spread evenly over time.
 */

import { MS_PER_DAY } from "../../src/lib/time.ts";
import { DEVICES } from "../../src/links/choose-destination.ts";
import { type Click, DUPLICATE_WINDOW_MS, VISITOR_HASH_DIGITS } from "../../src/redirect/click.ts";

/** A period of traffic: `clicks` clicks in order of time, from `starts_at` (ms since the epoch) for `days` days. */
export interface Traffic {
  /** Traffic with different seeds has no clicks and no visitors in common. */
  seed: number;
  clicks: number;
  starts_at: number;
  days: number;
  /** The ids of the links, most clicked first. */
  link_ids: readonly number[];
}

const COUNTRIES =
  "US GB DE FR CA AU IN BR ES IT NL PL SE MX JP CH AT BE DK NO FI IE PT CZ RO HU GR TR ZA AR CL CO PE NZ SG MY TH PH ID VN KR TW HK IL AE SA EG NG KE MA UA RS HR BG SK SI LT LV EE IS".split(
    " ",
  );
const REFERRERS = Array.from({ length: 300 }, (_, n) => `${n % 3 === 0 ? "www." : ""}review-site-${n}.example`);
const CAMPAIGNS = Array.from({ length: 20 }, (_, n) => `campaign-${n}`);
const BOTS = Array.from({ length: 20 }, (_, n) => `Crawler${n}`);
const USER_AGENTS = Array.from(
  { length: 2_000 },
  (_, n) =>
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + (n % 40)}.0.${5_000 + n}.0 Safari/537.36`,
);

const BOT_SHARE = 0.08;
const REFERRED_SHARE = 0.5;
const CAMPAIGN_SHARE = 0.3;
const MOBILE_SHARE = 0.6;
const TABLET_SHARE = 0.05;
/** The share of clicks by people who clicked the same link before: half of them within an hour, the rest within a week. */
const RETURNING_SHARE = 0.12;
const WITHIN_AN_HOUR_SHARE = 0.5;
const RETURN_WITHIN_MS = 7 * MS_PER_DAY;
/** The share of people returning within an hour who kept the cookie. All who return later have kept it. */
const COOKIE_KEPT_SHARE = 2 / 3;

const pickCountry = zipf(COUNTRIES);
const pickReferrer = zipf(REFERRERS);
const pickUserAgent = zipf(USER_AGENTS);

/** What is drawn for a click. Each is drawn independently. */
const DRAWS = ["bot", "returns", "soon", "gap", "cookie", "link", "country", "device", "referred", "referrer"] as const;
const MORE_DRAWS = ["user_agent", "campaigned", "campaign", "name", "visitor", "visitor_end"] as const;
const ID_DRAWS = ["id_0", "id_1", "id_2"] as const;
const PURPOSES = [...DRAWS, ...MORE_DRAWS, ...ID_DRAWS];
type Purpose = (typeof PURPOSES)[number];
const numberOf = Object.fromEntries(PURPOSES.map((purpose, number) => [purpose, number])) as Record<Purpose, number>;

/** Returns a function that generates the click at a place in the traffic, from 0 to `clicks - 1`. */
export function makeTraffic({ seed, clicks, starts_at, days, link_ids }: Traffic): (place: number) => Click {
  const msPerClick = (days * MS_PER_DAY) / clicks;
  const pickLink = zipf(link_ids);
  const word = (place: number, purpose: Purpose) => scramble(seed, place, numberOf[purpose]);
  const chance = (place: number, purpose: Purpose) => word(place, purpose) / 2 ** 32;
  const hex = (place: number, purpose: Purpose) => word(place, purpose).toString(16).padStart(8, "0");
  const timeOf = (place: number) => starts_at + Math.floor(place * msPerClick);

  /** A UUIDv7. */
  const idOf = (place: number) => {
    const time = timeOf(place).toString(16).padStart(12, "0");
    return `${time}7${hex(place, "id_0").slice(0, 3)}8${(hex(place, "id_1") + hex(place, "id_2")).slice(0, 15)}`;
  };

  /** The place of the same person's previous click on the same link; null for a new visitor. */
  const lastOf = (place: number) => {
    if (chance(place, "returns") >= RETURNING_SHARE) return null;
    const isSoon = chance(place, "soon") < WITHIN_AN_HOUR_SHARE;
    const [from, to] = isSoon ? [0, DUPLICATE_WINDOW_MS] : [DUPLICATE_WINDOW_MS, RETURN_WITHIN_MS];
    const gap = from + chance(place, "gap") * (to - from);
    const last = place - Math.max(1, Math.floor(gap / msPerClick));
    return last < 0 || isBot(last) ? null : last;
  };
  const isBot = (place: number) => chance(place, "bot") < BOT_SHARE;

  const botClick = (place: number): Click => ({
    ...blank(place),
    verdict: "bot",
    reason: pick(BOTS, chance(place, "name")),
    link_id: pickLink(chance(place, "link")),
    country: pickCountry(chance(place, "country")),
    user_agent: pickUserAgent(chance(place, "user_agent")),
  });

  const blank = (place: number): Click => ({
    id: idOf(place),
    at: timeOf(place),
    link_id: 0,
    verdict: "counted",
    reason: null,
    repeats: null,
    country: null,
    device: null,
    navigation: null,
    referrer: null,
    user_agent: null,
    subs: null,
    visitor: null,
    visitor_by_hash: false,
  });

  return (place) => {
    if (isBot(place)) return botClick(place);
    const last = lastOf(place);
    let person = place;
    for (let earlier = last; earlier !== null; earlier = lastOf(earlier)) person = earlier;
    const isRepeated = last !== null && timeOf(place) - timeOf(last) < DUPLICATE_WINDOW_MS;
    const hasCookie = last !== null && (!isRepeated || chance(place, "cookie") < COOKIE_KEPT_SHARE);
    const visitor = hex(person, "visitor") + hex(person, "visitor_end");
    const newVisitor = visitor.slice(0, VISITOR_HASH_DIGITS) + hex(place, "visitor_end").slice(VISITOR_HASH_DIGITS - 8);
    return {
      ...blank(place),
      link_id: pickLink(chance(person, "link")),
      verdict: hasCookie && isRepeated ? "duplicate" : "counted",
      repeats: hasCookie && isRepeated ? idOf(last) : null,
      country: pickCountry(chance(person, "country")),
      device: pickDevice(chance(person, "device")),
      user_agent: pickUserAgent(chance(person, "user_agent")),
      referrer: chance(place, "referred") < REFERRED_SHARE ? pickReferrer(chance(place, "referrer")) : null,
      subs: chance(place, "campaigned") < CAMPAIGN_SHARE ? [pick(CAMPAIGNS, chance(place, "campaign"))] : null,
      visitor: hasCookie ? visitor : newVisitor,
      visitor_by_hash: !hasCookie,
    };
  };
}

function pickDevice(chance: number) {
  const [mobile, tablet, desktop] = DEVICES;
  return chance < MOBILE_SHARE ? mobile : chance < MOBILE_SHARE + TABLET_SHARE ? tablet : desktop;
}

function pick<T>(choices: readonly T[], chance: number): T {
  const choice = choices[Math.floor(chance * choices.length)];
  if (choice === undefined) throw new Error("There is nothing to pick from.");
  return choice;
}

/** Picks by Zipf's law: the second half as often as the first, the third a third as often, and so on. */
function zipf<T>(choices: readonly T[]): (chance: number) => T {
  const sums: number[] = [];
  let sum = 0;
  for (const place of choices.keys()) {
    sum += 1 / (place + 1);
    sums.push(sum);
  }
  return (chance) => {
    const wanted = chance * sum;
    let [low, high] = [0, choices.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? sum) > wanted) high = middle;
      else low = middle + 1;
    }
    return choices[low] as T;
  };
}

/** 32 pseudorandom bits, by the last step of MurmurHash3. */
function scramble(seed: number, place: number, purpose: number): number {
  let bits = mix(mix(seed) ^ Math.imul(place, 0x9e3779b1)) ^ Math.imul(purpose + 1, 0x85ebca6b);
  bits = mix(bits);
  return bits >>> 0;
}

function mix(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
