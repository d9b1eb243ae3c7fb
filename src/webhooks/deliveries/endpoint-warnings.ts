/** What goes wrong at an endpoint, from the outcomes of its latest deliveries. */
import { formatDuration } from "../../lib/format-duration.ts";
import type { Provider } from "../provider.ts";
import type { deliveries } from "../tables.ts";
import { isSilent } from "./silence.ts";

/** Something that the merchant should look at, before the provider stops sending or sales are credited to nobody. */
export interface EndpointWarning {
  /**
   * `refused_in_a_row`: the latest deliveries were all refused. `incomplete_sales`: some were recorded without a value that
   * was sent but can't be used, such as a placeholder instead of an id. `silent`: nothing has arrived for unusually long.
   */
  code: "refused_in_a_row" | "incomplete_sales" | "silent";
  detail: string;
}

/** How many deliveries of an endpoint are looked at. */
export const DELIVERIES_LOOKED_AT = 50;

/** A few refusals can have harmless causes, such as a test by the provider. */
const REFUSALS_MIN = 3;

/** Providers that would stop sending get 200 for these, so that no later sale is lost. */
const ACKNOWLEDGED: ReadonlySet<string | null> = new Set(["event_id_reused", "payment_reused"]);

type Row = Pick<typeof deliveries.$inferSelect, "status" | "reason" | "detail" | "received_at">;

/** The warnings of an endpoint with these latest deliveries, the newest first, at `now` (ms). */
export function warnOfDeliveries(
  latest: readonly Row[],
  provider: Pick<Provider, "disables_after"> | undefined,
  now: number,
): EndpointWarning[] {
  const finished = latest.filter(({ status, reason }) => status !== "received" && !ACKNOWLEDGED.has(reason));
  const accepted = finished.findIndex(({ status }) => status !== "refused");
  const refused = accepted === -1 ? finished.length : accepted;
  const incomplete = latest.filter(({ status, detail }) => status === "recorded" && detail !== null);
  const [last] = finished;
  const [note] = incomplete;
  const warnings: EndpointWarning[] = [];
  if (last !== undefined && refused >= REFUSALS_MIN) {
    const limit = provider?.disables_after;
    const risk = limit === undefined ? "" : ` This provider stops sending after ${limit} refusals in a row.`;
    const detail = `The last ${refused} deliveries were refused. The latest one: ${last.detail ?? last.reason}${risk}`;
    warnings.push({ code: "refused_in_a_row", detail });
  }
  if (note !== undefined) {
    const count = `${incomplete.length} of the last ${latest.length} deliveries were recorded in part.`;
    warnings.push({ code: "incomplete_sales", detail: `${count} The latest one: ${note.detail}` });
  }
  const [newest] = latest;
  const times = latest.map(({ received_at, status }) => ({ at: received_at, status }));
  if (newest !== undefined && isSilent(times, now)) {
    const silence = formatDuration(now - newest.received_at);
    const fix = "Check at the provider that the webhook is still enabled and has this URL.";
    warnings.push({ code: "silent", detail: `Nothing has arrived for ${silence}, which is unusually long. ${fix}` });
  }
  return warnings;
}
