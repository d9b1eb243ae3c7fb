/** A person in the demo and their steps. */
import type { Verdict } from "../../src/redirect/click.ts";
import type { EventType } from "../../src/webhooks/conversion-event.ts";
import type { Random } from "../support/seeded-random.ts";

/** A request for a link. */
export interface Visit {
  do: "visit";
  link: string;
  /** Milliseconds since the epoch. */
  at: number;
  /** The random part of the click id, in hex. */
  random: string;
  method: "GET" | "HEAD";
  /** User-Agent, Referer and the browser's other headers. */
  headers: Record<string, string>;
  country: string;
  /** Sub-ids, starting with `?`, or an empty string. */
  query: string;
  /** The expected verdict. */
  verdict: Verdict;
}

/** An event that a checkout sends. */
export interface Post {
  do: "post";
  program: string;
  /** The webhook-id. */
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  type: EventType;
  /** The event's fields besides its type, time and click. */
  fields: { payment?: string; amount?: number } & Record<string, unknown>;
  /** The token of the person's last visit, the same token with a broken signature, or none. */
  click: "last" | "forged" | null;
  /** The affiliate expected to get the credit. */
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

/** A day and a time of day, UTC, in ms since the first midnight of the scenario. */
export function on(day: number, time: `${number}:${number}`): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (day * MINUTES_PER_DAY + hours * 60 + minutes) * MS_PER_MINUTE;
}

/** The same person, `ms` later. */
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

/** Details of a visit besides its link and its time. */
export type VisitDetails = Partial<Pick<Visit, "method" | "headers" | "query" | "verdict" | "country">>;

/** Plans a person's visit with a browser. It is expected to count unless the details say otherwise. */
export function visit(random: Random, link: string, at: number, details: VisitDetails = {}): Visit {
  const { headers, ...rest } = details;
  return {
    do: "visit",
    link,
    at,
    random: random.hex(RANDOM_BYTES),
    method: "GET",
    headers: { "User-Agent": random.pick(BROWSERS), ...headers },
    country: random.pick(COUNTRIES),
    query: "",
    verdict: "counted",
    ...rest,
  };
}
