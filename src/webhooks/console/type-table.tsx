import type * as v from "valibot";
import { StatusTag } from "../../console/layout/parts.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { eventType } from "../reference/webhooks.ts";

/** An event type as the API shows it. */
export type EventTypeView = v.InferOutput<typeof eventType>;

/** Which event types arrived, and which a checkout should send. One type of each purpose is enough. */
export function TypeTable({ types }: { types: readonly EventTypeView[] }) {
  const served = new Set(types.filter(({ deliveries }) => deliveries > 0).map(({ purpose }) => purpose));
  return (
    <DataTable
      caption="Types of event"
      columns={[
        { label: "Type", is_heading: true },
        { label: "Needed for" },
        { label: "State" },
        { label: "Arrived last" },
      ]}
      rows={types.map(({ type, purpose, deliveries, last_received_at }) => [
        <span class="code">{type}</span>,
        purpose === null ? "Nothing" : PURPOSE_NAMES[purpose],
        deliveries > 0 ? (
          <StatusTag tone="good">Arrived</StatusTag>
        ) : served.has(purpose) ? (
          <StatusTag tone="neutral">Not needed yet</StatusTag>
        ) : (
          <StatusTag tone="waiting">Missing</StatusTag>
        ),
        last_received_at === null ? "Never" : <Time ms={Date.parse(last_received_at)} />,
      ])}
    />
  );
}

const PURPOSE_NAMES: Record<NonNullable<EventTypeView["purpose"]>, string> = {
  sale: "Sales",
  trial: "Trials",
  refund: "Refunds",
  chargeback: "Chargebacks",
  cancellation: "Cancellations",
};
