/**
 * What a browser has already seen of each program, so that the overview can show what is new. Kept in a cookie: viewing a
 * page writes nothing to the database, and a forged cookie only changes what its own browser is shown as new.
 */

/** An affiliate's figures at one point in time. */
export interface Snapshot {
  /** When, ms. */
  at: number;
  /** The number of the newest ledger entry. */
  entry: number;
  /** Counted clicks of that UTC day so far. */
  clicks: number;
}

/** Of one program: the end of the previous visit (null in the first one), and the latest page view. */
export interface Visit {
  since: Snapshot | null;
  seen: Snapshot;
}

export const VISITS_COOKIE = "lc_seen";
/** A page view this long after the previous one starts a new visit. */
const VISIT_GAP_MS = 1_800_000;
/** Browsers limit a cookie to about 4,000 characters. */
const PROGRAMS_MAX = 20;
const FIELDS = 7;
/** The last time that a date can have, in ms (ECMAScript, 21.4.1.1): a later one can't be formatted. */
const TIME_MAX = 8_640_000_000_000_000;

/** The visit after a page view that shows `snapshot`. */
export function updateVisit(visit: Visit | null, snapshot: Snapshot): Visit {
  if (visit === null) return { since: null, seen: snapshot };
  const isNew = snapshot.at - visit.seen.at > VISIT_GAP_MS;
  return { since: isNew ? visit.seen : visit.since, seen: snapshot };
}

/** Parses the cookie into visits by program id, latest first. Ignores invalid parts. */
export function parseVisits(text: string | undefined): Map<number, Visit> {
  const visits = new Map<number, Visit>();
  for (const part of (text ?? "").split("_").slice(0, PROGRAMS_MAX)) {
    if (!/^[0-9.]+$/.test(part)) continue;
    const [program = 0, ...fields] = part.split(".").map(Number);
    if (fields.length !== FIELDS - 1 || ![program, ...fields].every(Number.isSafeInteger)) continue;
    const [at = 0, entry = 0, clicks = 0, sinceAt = 0, sinceEntry = 0, sinceClicks = 0] = fields;
    if (Math.max(at, sinceAt) > TIME_MAX) continue;
    const since = sinceAt === 0 ? null : { at: sinceAt, entry: sinceEntry, clicks: sinceClicks };
    visits.set(program, { seen: { at, entry, clicks }, since });
  }
  return visits;
}

/** The cookie's value, with this program's visit first. */
export function serializeVisits(visits: ReadonlyMap<number, Visit>, program: number, visit: Visit): string {
  const all = [[program, visit] as const, ...[...visits].filter(([id]) => id !== program)];
  return all
    .slice(0, PROGRAMS_MAX)
    .map(([id, { seen, since }]) =>
      [id, seen.at, seen.entry, seen.clicks, since?.at ?? 0, since?.entry ?? 0, since?.clicks ?? 0].join("."),
    )
    .join("_");
}
