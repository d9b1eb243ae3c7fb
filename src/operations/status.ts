/** The state of what runs without anybody watching: one item for each thing that can go wrong. */

/** `warning`: look at it in the next days. `failing`: something is lost, late or wrong now. */
export type Status = "ok" | "warning" | "failing";

const STATUSES: readonly Status[] = ["ok", "warning", "failing"];

/** What the status shows of one thing. */
export interface StatusItem {
  /** A stable name. */
  name: string;
  status: Status;
  /** The figures that decide it. Times are ISO 8601, lengths of time have their unit in their name; null if not known. */
  values: Readonly<Record<string, StatusValue>>;
  /** One sentence. */
  detail: string;
  /** What to do; null if it is ok. */
  fix: string | null;
}

type StatusValue = string | number | boolean | null | readonly string[];

/** The worse of two. */
export function isWorse(status: Status, than: Status): boolean {
  return STATUSES.indexOf(status) > STATUSES.indexOf(than);
}

/** The worst status of all items. */
export function worstOf(items: readonly Pick<StatusItem, "status">[]): Status {
  return items.reduce<Status>((worst, { status }) => (isWorse(status, worst) ? status : worst), "ok");
}

/** An item that is ok. */
export function okItem(name: string, values: StatusItem["values"], detail: string): StatusItem {
  return { name, status: "ok", values, detail, fix: null };
}

/** `failing` from one limit on, `warning` from a lower one on. */
export function statusOf(value: number, limits: { warning: number; failing: number }): Status {
  if (value >= limits.failing) return "failing";
  return value >= limits.warning ? "warning" : "ok";
}

/** An item whose figures couldn't be read. */
export function unreadableItem(name: string): StatusItem {
  return {
    ...{ name, status: "failing", values: {}, detail: "This couldn't be read." },
    fix: "See `/healthz`, and `status_not_read` in the Worker's log.",
  };
}

/** How many rows are counted; where there are more, the figure is this one. */
export const COUNTED_MAX = 1_000;

/** A number with its noun: `1 click`, `3 clicks`, `1,000 or more clicks`. */
export function countOf(count: number, noun: string, nouns = `${noun}s`): string {
  if (count >= COUNTED_MAX) return `${COUNTED_MAX.toLocaleString("en-US")} or more ${nouns}`;
  return `${count.toLocaleString("en-US")} ${count === 1 ? noun : nouns}`;
}

/** A time (ms) as ISO 8601, null for none. */
export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** How long ago a time was, in whole seconds; null for none. */
export function secondsSince(at: number | null, now: number): number | null {
  return at === null ? null : Math.max(0, Math.floor((now - at) / 1_000));
}
