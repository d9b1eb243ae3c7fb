/** How sales come in: deliveries that are retried, endpoints that have gone silent or refuse everything, and unsent results. */
import { formatDuration } from "../lib/format-duration.ts";
import { MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE } from "../lib/time.ts";
import { isSilent } from "../webhooks/deliveries/silence.ts";
import { COUNTED_MAX, countOf, isoOf, okItem, type StatusItem, secondsSince, statusOf } from "./status.ts";

/** Deliveries that are processed again. `late` ones should have been by now. Times in ms. */
export interface SpooledReading {
  spooled: number;
  oldest_at: number | null;
  late: number;
}

/** Most are recorded by the next minute's run. A provider's API that is down for long is given a day. */
const SPOOLED_AGE_MS = { warning: 30 * MS_PER_MINUTE, failing: MS_PER_DAY };

export function judgeSpooled({ spooled, oldest_at, late }: SpooledReading, now: number): StatusItem {
  const name = "spooled_deliveries";
  const values = { spooled, late, oldest_at: isoOf(oldest_at), oldest_seconds: secondsSince(oldest_at, now) };
  if (late > 0) {
    return {
      ...{ name, status: "failing", values },
      detail: `${countOf(late, "delivery", "deliveries")} should have been processed again by now.`,
      fix: "Look for `minute_task_failed` in the Worker's log, and check that the crons in wrangler.toml are deployed.",
    };
  }
  const age = oldest_at === null ? 0 : now - oldest_at;
  const status = statusOf(age, SPOOLED_AGE_MS);
  const detail =
    oldest_at === null
      ? "No delivery is waiting for a retry."
      : `${countOf(spooled, "delivery is", "deliveries are")} stored but not recorded yet, the oldest for ${formatDuration(age)}.`;
  if (status === "ok") return okItem(name, values, detail);
  const fix =
    "List them with `GET /v1/programs/:program/deliveries?outcome=spooled`; their `reason` says what they wait for. Look for `event_spooled` in the log.";
  return { name, status, values, detail, fix };
}

/** An enabled endpoint with its latest deliveries, the newest first. `at` in ms. */
export interface EndpointReading {
  id: string;
  program: string;
  source: string;
  latest: readonly { at: number; status: string; reason: string | null }[];
}

/** As for an endpoint's own warning: a few refusals can have harmless causes, such as a test by the provider. */
const REFUSALS_MIN = 3;
const REFUSALS_AGE_MS = 7 * MS_PER_DAY;

/** Whether the latest deliveries of an endpoint were all refused. */
export function isRefusing({ latest }: Pick<EndpointReading, "latest">, now: number): boolean {
  const finished = latest.filter(({ status }) => status !== "received");
  const accepted = finished.findIndex(({ status }) => status !== "refused");
  const refused = accepted === -1 ? finished.length : accepted;
  return refused >= REFUSALS_MIN && now - (finished[0]?.at ?? 0) < REFUSALS_AGE_MS;
}

export function judgeSilentEndpoints(endpoints: readonly EndpointReading[], now: number): StatusItem {
  const name = "silent_endpoints";
  const silent = endpoints.filter((endpoint) => isSilent(endpoint.latest, now));
  const values = { endpoints: endpoints.length, silent: silent.map(describeEndpoint) };
  if (silent.length === 0) return okItem(name, values, "Every endpoint receives events as usual.");
  return {
    ...{ name, status: "warning", values },
    detail: `${countOf(silent.length, "endpoint has", "endpoints have")} received nothing for unusually long.`,
    fix: "Check in the provider's settings that the webhook is still enabled and has this URL. Disable an endpoint that is no longer used.",
  };
}

export function judgeRefusingEndpoints(endpoints: readonly EndpointReading[], now: number): StatusItem {
  const name = "refusing_endpoints";
  const refusing = endpoints.filter((endpoint) => isRefusing(endpoint, now));
  const values = { endpoints: endpoints.length, refusing: refusing.map(describeEndpoint) };
  if (refusing.length === 0) return okItem(name, values, "No endpoint refuses everything it receives.");
  return {
    ...{ name, status: "failing", values },
    detail: `${countOf(refusing.length, "endpoint has", "endpoints have")} refused all of the latest deliveries.`,
    fix: "Read why with `GET /v1/programs/:program/deliveries?outcome=refused`; most often the secret has changed. Then have the provider send them again.",
  };
}

function describeEndpoint({ program, source, id }: EndpointReading): string {
  return `${program}: ${source} (${id})`;
}

/** Objects that have results to send to D1 or to other objects. `since` in ms. */
export interface UnsentReading {
  customers: number;
  customers_since: number | null;
  accounts: number;
  accounts_since: number | null;
}

/** Results arrive within seconds; what an alarm missed is sent by the sweep after ten minutes. */
const UNSENT_AGE_MS = { warning: 30 * MS_PER_MINUTE, failing: 6 * MS_PER_HOUR };

export function judgeUnsent(reading: UnsentReading, now: number): StatusItem {
  const name = "unsent_results";
  const { customers, accounts } = reading;
  const times = [reading.customers_since, reading.accounts_since].filter((at) => at !== null);
  const oldest_at = times.length === 0 ? null : Math.min(...times);
  const values = { customers, accounts, oldest_at: isoOf(oldest_at), oldest_seconds: secondsSince(oldest_at, now) };
  const age = oldest_at === null ? 0 : now - oldest_at;
  const status = customers >= COUNTED_MAX ? "failing" : statusOf(age, UNSENT_AGE_MS);
  if (status === "ok") return okItem(name, values, "Conversions and ledger entries arrive in D1 as usual.");
  return {
    ...{ name, status, values },
    detail: `Results of ${countOf(customers, "customer")} and ${countOf(accounts, "account")} haven't arrived in D1, the oldest for ${formatDuration(age)}.`,
    fix: "Look for `outbox_message_not_delivered` in the Worker's log. Nothing is lost: they are sent again until they arrive.",
  };
}
