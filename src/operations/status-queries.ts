/** The readings of the status. Each query reads a limited number of rows, by an index or of a small table. */
import type { Env } from "../env.ts";
import { withTimeout } from "../lib/platform/with-timeout.ts";
import { MS_PER_MINUTE } from "../lib/time.ts";
import { DELIVERIES_LOOKED_AT } from "../webhooks/deliveries/endpoint-warnings.ts";
import type { EndpointReading, SpooledReading, UnsentReading } from "./judge-checkouts.ts";
import type { CheckReading, DeadClicksReading, QueueReading } from "./judge-clicks.ts";
import { type EmailReading, type RunReading, SIZE_DAYS, type SizeReading } from "./judge-work.ts";
import { COUNTED_MAX } from "./status.ts";

/** The platform answers within milliseconds. */
const QUEUE_WAIT_MS = 3_000;
const ENDPOINTS_MAX = 100;
const RUNS_MAX = 100;
/** A week of nightly checks, and those that were asked for meanwhile. */
const CHECKS_MAX = 50;
/** The retries of a minute take up to a minute, and those of a provider's API longer. */
const LATE_AFTER_MS = 15 * MS_PER_MINUTE;

/** What the platform says of both queues; null where it doesn't. */
export async function readQueues(
  env: Pick<Env, "CLICKS" | "DEAD_CLICKS">,
): Promise<{ clicks: QueueReading; dead: QueueReading } | null> {
  try {
    const [clicks, dead] = await withTimeout(
      QUEUE_WAIT_MS,
      Promise.all([env.CLICKS.metrics(), env.DEAD_CLICKS.metrics()]),
    );
    return { clicks: readBacklog(clicks), dead: readBacklog(dead) };
  } catch {
    return null;
  }
}

/** An empty queue may report any time. */
function readBacklog({ backlogCount, oldestMessageTimestamp }: QueueMetrics): QueueReading {
  const oldest_at = oldestMessageTimestamp?.getTime() ?? 0;
  return { messages: backlogCount, oldest_at: backlogCount > 0 && oldest_at > 0 ? oldest_at : null };
}

export function readUnreplayedClicks(db: D1Database): Promise<DeadClicksReading> {
  return readOne(
    db,
    `SELECT count(*) AS messages, coalesce(sum(clicks), 0) AS clicks, min(received_at) AS oldest_at
     FROM (SELECT clicks, received_at FROM dead_clicks WHERE replayed_at IS NULL ORDER BY received_at LIMIT ${COUNTED_MAX})`,
  );
}

export function readSpooled(db: D1Database, now: number): Promise<SpooledReading> {
  return readOne(
    db,
    `SELECT count(*) FILTER (WHERE status = 'spooled') AS spooled,
            min(received_at) FILTER (WHERE status = 'spooled') AS oldest_at,
            count(*) FILTER (WHERE next_at < ?1) AS late
     FROM (SELECT status, received_at, next_at FROM deliveries WHERE next_at IS NOT NULL ORDER BY next_at LIMIT ${COUNTED_MAX})`,
    now - LATE_AFTER_MS,
  );
}

/** The newest enabled endpoints that are not in test mode, of a program or of all, with their latest deliveries. */
export async function readEndpoints(
  db: D1Database,
  programId: number | null = null,
): Promise<(EndpointReading & { created_at: number })[]> {
  const { results } = await db
    .prepare(
      `SELECT e.id, e.source, e.created_at, p.slug AS program,
         (SELECT json_group_array(json_object('at', received_at, 'status', status, 'reason', reason))
          FROM (SELECT received_at, status, reason FROM deliveries WHERE endpoint_id = e.id
                ORDER BY id DESC LIMIT ${DELIVERIES_LOOKED_AT})) AS latest
       FROM endpoints e JOIN programs p ON p.id = e.program_id
       WHERE NOT e.disabled AND NOT e.test AND (?1 IS NULL OR e.program_id = ?1) ORDER BY e.created_at DESC LIMIT ${ENDPOINTS_MAX}`,
    )
    .bind(programId)
    .all<{ id: string; source: string; created_at: number; program: string; latest: string }>();
  return results.map(({ latest, ...endpoint }) => ({ ...endpoint, latest: JSON.parse(latest) }));
}

export function readUnsent(db: D1Database): Promise<UnsentReading> {
  return readOne(
    db,
    `SELECT c.n AS customers, c.since AS customers_since, a.n AS accounts, a.since AS accounts_since
     FROM (SELECT count(*) AS n, min(since) AS since FROM (SELECT since FROM unrelayed_customers LIMIT ${COUNTED_MAX})) c,
          (SELECT count(*) AS n, min(since) AS since FROM (SELECT since FROM unrelayed_accounts LIMIT ${COUNTED_MAX})) a`,
  );
}

/** The size that D1 reports with each answer, and those of earlier days. */
export async function readSize(db: D1Database, today: number): Promise<SizeReading> {
  const { results, meta } = await db
    .prepare("SELECT day, bytes FROM database_sizes WHERE day >= ?1 AND day < ?2 ORDER BY day")
    .bind(today - SIZE_DAYS.looked_at, today)
    .all<SizeReading["days"][number]>();
  return { bytes: meta.size_after, days: results };
}

/** Runs in a phase of work. Each phase begins with a command. */
export async function readWorkingRuns(db: D1Database): Promise<RunReading[]> {
  const { results } = await db
    .prepare(
      `SELECT r.id, p.slug AS program, r.status, r.progress ->> '$.affiliates' AS affiliates,
         coalesce((SELECT max(commanded_at) FROM payout_commands c WHERE c.program_id = r.program_id AND c.run_id = r.id),
           r.drafted_at) AS since
       FROM payout_runs r JOIN programs p ON p.id = r.program_id
       WHERE r.status NOT IN ('paid', 'cancelled') AND r.status IN ('drafting', 'paying', 'cancelling')
       LIMIT ${RUNS_MAX}`,
    )
    .all<RunReading>();
  return results;
}

export function readRefusedEmails(db: D1Database): Promise<EmailReading> {
  return readOne(
    db,
    `SELECT count(*) AS affiliates, coalesce(max(attempts), 0) AS most_attempts
     FROM (SELECT attempts FROM notified_affiliates WHERE due_at IS NOT NULL ORDER BY due_at LIMIT ${COUNTED_MAX})
     WHERE attempts > 0`,
  );
}

/** The latest check of each day, the newest first. */
export async function readChecks(db: D1Database): Promise<CheckReading[]> {
  const { results } = await db
    .prepare(
      `SELECT day, checked_at, differences, mended FROM click_checks
       WHERE id IN (SELECT max(id) FROM (SELECT id, day FROM click_checks ORDER BY id DESC LIMIT ${CHECKS_MAX}) GROUP BY day)
       ORDER BY id DESC`,
    )
    .all<CheckReading>();
  return results;
}

/** When the status was last checked by the cron (ms), and which alert channels failed then. */
export async function readLastCheck(db: D1Database): Promise<{ checked_at: number | null; failed_channels: string[] }> {
  const row = await db
    .prepare("SELECT checked_at, failed_channels FROM status_checks WHERE id = 1")
    .first<{ checked_at: number; failed_channels: string }>();
  return { checked_at: row?.checked_at ?? null, failed_channels: JSON.parse(row?.failed_channels ?? "[]") };
}

/** Since when items have not been ok, by name (ms). */
export async function readSince(db: D1Database): Promise<Map<string, number>> {
  const { results } = await db.prepare("SELECT name, since FROM status_items").all<{ name: string; since: number }>();
  return new Map(results.map(({ name, since }) => [name, since]));
}

async function readOne<Row>(db: D1Database, query: string, ...parameters: unknown[]): Promise<Row> {
  const row = await db
    .prepare(query)
    .bind(...parameters)
    .first<Row>();
  if (row === null) throw new Error("an aggregate has no row");
  return row;
}
