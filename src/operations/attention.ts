/** What waits for a program's merchant, as sentences. */
import { formatDuration } from "../lib/format-duration.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import { isSilent } from "../webhooks/deliveries/silence.ts";
import { findMissingPurposes, type Purpose, type ReceivedType } from "../webhooks/expected-events.ts";
import { type EndpointReading, isRefusing } from "./judge-checkouts.ts";
import { countOf } from "./status.ts";

export const ATTENTION_KINDS = [
  "applications",
  "pending_enrollments",
  "payout_due",
  "payout_run",
  "refusing_endpoint",
  "silent_endpoint",
  "unused_endpoint",
  "missing_events",
  "chargebacks",
  "disputes",
] as const;

/** One thing that waits for the merchant. */
export interface AttentionItem {
  kind: (typeof ATTENTION_KINDS)[number];
  /** One sentence. */
  detail: string;
  /** How many there are. */
  count: number;
  /** The id of the run, endpoint or conversion; null where the item is about several things. */
  subject: string | null;
}

/** An enabled endpoint, with what has arrived. `created_at` in ms. */
export interface WatchedEndpoint extends EndpointReading {
  created_at: number;
  types: readonly ReceivedType[];
}

/** What was read of a program. */
export interface ProgramState {
  /** Applications in review. */
  applications: number;
  pending: number;
  runs: readonly { id: string; window: string; status: string }[];
  /** The payout window that has begun, has something to pay and no run. Its first day in ms. */
  due: { window: string; from: number; is_drafted_by_itself: boolean } | null;
  /** The disputes that were decided lately. */
  disputes: { count: number; latest: string } | null;
  endpoints: readonly WatchedEndpoint[];
}

const RUNS: Readonly<Record<string, string>> = {
  draft: "is drafted and waits for approval",
  approved: "is approved and waits to be paid",
  paying: "is being paid: report which payments were made",
};

/** How long disputes and chargebacks are shown. */
export const RECENT_MS = 30 * MS_PER_DAY;
/** The cron drafts runs every hour. */
const DRAFTED_WITHIN_MS = MS_PER_DAY;

/** A checkout is connected before its first sale. */
const UNUSED_AFTER_MS = MS_PER_DAY;
/** A shop with fewer deliveries may simply have had none of them yet. */
const EVENTS_MIN: Readonly<Partial<Record<Purpose, number>>> = { sale: 20, refund: 200 };

/** What waits, the most urgent first. `now` in ms. */
export function listAttention(state: ProgramState, now: number): AttentionItem[] {
  const { applications, pending, runs, due, disputes, endpoints } = state;
  const waiting: AttentionItem[] =
    pending === 0
      ? []
      : [
          {
            kind: "pending_enrollments",
            detail: `${countOf(pending, "affiliate waits", "affiliates wait")} for approval.`,
            count: pending,
            subject: null,
          },
        ];
  return [
    ...endpoints.flatMap((endpoint) => judgeEndpoint(endpoint, now)),
    ...judgeDue(due, now),
    ...runs.flatMap(({ id, window, status }): AttentionItem[] => {
      const state = RUNS[status];
      if (state === undefined) return [];
      return [{ kind: "payout_run", detail: `The payout run of ${window} ${state}.`, count: 1, subject: id }];
    }),
    ...(applications === 0
      ? []
      : [
          {
            kind: "applications" as const,
            detail: `${countOf(applications, "application waits", "applications wait")} for your decision.`,
            count: applications,
            subject: null,
          },
        ]),
    ...waiting,
    ...endpoints.flatMap((endpoint) => findChargebacks(endpoint, now)),
    ...(disputes === null
      ? []
      : [
          {
            kind: "disputes" as const,
            detail: `${countOf(disputes.count, "dispute was", "disputes were")} decided in the last 30 days: see the latest.`,
            count: disputes.count,
            subject: disputes.latest,
          },
        ]),
  ];
}

function judgeDue(due: ProgramState["due"], now: number): AttentionItem[] {
  if (due === null || (due.is_drafted_by_itself && now - due.from < DRAFTED_WITHIN_MS)) return [];
  const detail = `The payouts of ${due.window} are due since ${new Date(due.from).toISOString().slice(0, 10)}, and no run is drafted.`;
  return [{ kind: "payout_due", detail, count: 1, subject: null }];
}

/** The checkout itself says until when a chargeback can be contested. */
function findChargebacks({ id, source, types }: WatchedEndpoint, now: number): AttentionItem[] {
  const arrived = types.filter(({ purpose, last_at }) => purpose === "chargeback" && last_at !== null);
  const last_at = Math.max(...arrived.map((one) => one.last_at ?? 0));
  if (arrived.length === 0 || now - last_at > RECENT_MS) return [];
  const day = new Date(last_at).toISOString().slice(0, 10);
  const detail = `The ${source} endpoint received a chargeback on ${day}: contest or accept it there.`;
  return [{ kind: "chargebacks", detail, count: 1, subject: id }];
}

function judgeEndpoint(endpoint: WatchedEndpoint, now: number): AttentionItem[] {
  const { id, source, created_at, latest, types } = endpoint;
  const item = (kind: AttentionItem["kind"], detail: string) => [{ kind, detail, count: 1, subject: id }];
  const [last] = latest;
  if (last === undefined) {
    const isNew = now - created_at < UNUSED_AFTER_MS;
    return isNew ? [] : item("unused_endpoint", `The ${source} endpoint has never received anything.`);
  }
  if (isRefusing(endpoint, now)) return item("refusing_endpoint", `The ${source} endpoint refuses everything.`);
  if (isSilent(endpoint.latest, now)) {
    return item("silent_endpoint", `The ${source} endpoint has received nothing for ${formatDuration(now - last.at)}.`);
  }
  const received = types.reduce((sum, { deliveries }) => sum + deliveries, 0);
  const missing = findMissingPurposes(types).filter((purpose) => received >= (EVENTS_MIN[purpose] ?? Infinity));
  if (missing.length === 0) return [];
  const names = types.filter(({ purpose }) => purpose !== null && missing.includes(purpose)).map(({ type }) => type);
  const detail = `The ${source} endpoint never received ${names.join(" or ")}: select it at the checkout.`;
  return item("missing_events", detail);
}
