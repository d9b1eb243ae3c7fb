/** The demo's unit of telling: a person, and what they do one after the other. */
import type { Verdict } from "../../src/redirect/click.ts";
import type { EventType } from "../../src/webhooks/conversion-event.ts";
import type { Dice } from "./dice.ts";

/** A hit on a link. */
export interface Visit {
  do: "visit";
  link: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** The random part of the click id, in hex. */
  random: string;
  method: "GET" | "HEAD";
  /** User-Agent, Referer and whatever else the browser says. */
  headers: Record<string, string>;
  country: string;
  /** Sub-ids, with their `?`, or nothing. */
  query: string;
  /** What the hit is to be taken for. */
  verdict: Verdict;
}

/** An event that a checkout posts. */
export interface Post {
  do: "post";
  program: string;
  /** The webhook-id. */
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  type: EventType;
  /** What the event says besides its type, time and click. */
  fields: { payment?: string; amount?: number } & Record<string, unknown>;
  /** The token of the person's last visit, that token with a broken signature, or none. */
  click: "last" | "forged" | null;
  /** Who is to get the credit. */
  credit: string | null;
}

/** One person, with one browser. */
export interface Person {
  name: string;
  steps: (Visit | Post)[];
}

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_DAY = 1_440;
const RANDOM_BYTES = 10;

/** A time of the story: a day and a time of day, UTC, counted from the story's first midnight, in ms. */
export function on(day: number, time: `${number}:${number}`): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (day * MINUTES_PER_DAY + hours * 60 + minutes) * MS_PER_MINUTE;
}

/** The same person, that many milliseconds later. */
export function postpone(person: Person, ms: number): Person {
  return { ...person, steps: person.steps.map((step) => ({ ...step, at: step.at + ms })) };
}

const BROWSERS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
];
const COUNTRIES = ["US", "US", "US", "GB", "DE", "DE", "FR", "IN", "NG", "CA", "NL"];

/** What a visit may have besides its link and its time. */
export type VisitDetails = Partial<Pick<Visit, "method" | "headers" | "query" | "verdict" | "country">>;

/** A person's visit with a browser, counted unless the details say otherwise. */
export function visit(dice: Dice, link: string, at: number, details: VisitDetails = {}): Visit {
  const { headers, ...rest } = details;
  return {
    do: "visit",
    link,
    at,
    random: dice.bytes(RANDOM_BYTES),
    method: "GET",
    headers: { "User-Agent": dice.pick(BROWSERS), ...headers },
    country: dice.pick(COUNTRIES),
    query: "",
    verdict: "counted",
    ...rest,
  };
}
