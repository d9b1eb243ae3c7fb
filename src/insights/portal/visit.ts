/**
 * What a browser has seen of each programme, so that the overview can tell what is new. It is kept in a cookie of that
 * browser: nothing is written to the database for looking at a page, and what somebody writes into their own cookie changes
 * nothing but what they are told is new.
 */

/** How far an affiliate's figures had come. */
export interface Mark {
  /** When, ms. */
  at: number;
  /** The number of the newest ledger entry. */
  entry: number;
  /** Counted clicks of that UTC day so far. */
  clicks: number;
}

/** Of one programme: where the visit before this one ended, null in the first; and what was seen last. */
export interface Visit {
  since: Mark | null;
  seen: Mark;
}

export const VISITS_COOKIE = "lc_seen";
/** A page that is opened later than so long after the last one begins a new visit. */
const VISIT_GAP_MS = 1_800_000;
/** A browser's cookie holds some 4,000 characters. */
const PROGRAMS_MAX = 20;
const FIELDS = 7;

/** The visit that a look at `mark` belongs to, given what the browser has seen before. */
export function lookAgain(before: Visit | null, mark: Mark): Visit {
  if (before === null) return { since: null, seen: mark };
  const isNew = mark.at - before.seen.at > VISIT_GAP_MS;
  return { since: isNew ? before.seen : before.since, seen: mark };
}

/** Reads the cookie: visits by the programme's id, the latest first. What makes no sense is left out. */
export function parseVisits(text: string | undefined): Map<number, Visit> {
  const visits = new Map<number, Visit>();
  for (const part of (text ?? "").split("_").slice(0, PROGRAMS_MAX)) {
    if (!/^[0-9.]+$/.test(part)) continue;
    const [program = 0, ...fields] = part.split(".").map(Number);
    if (fields.length !== FIELDS - 1 || ![program, ...fields].every(Number.isSafeInteger)) continue;
    const [at = 0, entry = 0, clicks = 0, sinceAt = 0, sinceEntry = 0, sinceClicks = 0] = fields;
    const since = sinceAt === 0 ? null : { at: sinceAt, entry: sinceEntry, clicks: sinceClicks };
    visits.set(program, { seen: { at, entry, clicks }, since });
  }
  return visits;
}

/** The cookie with this programme's visit in front. */
export function writeVisits(visits: ReadonlyMap<number, Visit>, program: number, visit: Visit): string {
  const all = [[program, visit] as const, ...[...visits].filter(([id]) => id !== program)];
  return all
    .slice(0, PROGRAMS_MAX)
    .map(([id, { seen, since }]) =>
      [id, seen.at, seen.entry, seen.clicks, since?.at ?? 0, since?.entry ?? 0, since?.clicks ?? 0].join("."),
    )
    .join("_");
}
