import type * as v from "valibot";
import { programHref } from "../../console/layout/navigation.ts";
import {
  Done,
  Empty,
  Filter,
  FilterField,
  FilterSelect,
  PageHead,
  Pager,
  StatusTag,
} from "../../console/layout/parts.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { delivery, wholeDelivery } from "../reference/webhooks.ts";
import { nameCheckout } from "./checkout-names.ts";

/** A delivery as the API lists it. */
export type DeliveryView = v.InferOutput<typeof delivery>;
/** A delivery with its request. */
export type WholeDeliveryView = v.InferOutput<typeof wholeDelivery>;

type Outcome = DeliveryView["outcome"];

const OUTCOMES: Readonly<Record<Outcome, { label: string; tone: "good" | "waiting" | "bad" | "neutral" }>> = {
  received: { label: "Received", tone: "neutral" },
  recorded: { label: "Recorded", tone: "good" },
  duplicate: { label: "Duplicate", tone: "neutral" },
  ignored: { label: "Ignored", tone: "neutral" },
  waiting: { label: "Waiting", tone: "waiting" },
  spooled: { label: "To be retried", tone: "waiting" },
  refused: { label: "Refused", tone: "bad" },
};

/** The filters of the list. */
export interface DeliveryParams {
  endpoint: string | null;
  outcome: string | null;
  cursor: string | null;
}

/** What checkouts sent, newest first. */
export function DeliveriesPage(props: {
  program: string;
  deliveries: readonly DeliveryView[];
  next: string | null;
  params: DeliveryParams;
  /** Whether the user may open a delivery with its request. */
  can_open: boolean;
}) {
  const { program, deliveries, next, params, can_open } = props;
  const checkouts = programHref(program, "/checkouts");
  const path = `${checkouts}/deliveries`;
  const isFiltered = params.endpoint !== null || params.outcome !== null;
  const outcomes = Object.entries(OUTCOMES).map(([outcome, { label }]) => [outcome, label] as const);
  return (
    <div class="stack">
      <PageHead
        title="Deliveries"
        back={{ href: checkouts, label: "Checkouts" }}
        note="What checkouts sent, and what became of it."
      />
      <Filter action={path} is_active={isFiltered}>
        <FilterSelect
          name="outcome"
          label="Outcome"
          value={params.outcome ?? ""}
          options={[["", "All"], ...outcomes]}
        />
        <FilterField name="endpoint" label="Endpoint ID" value={params.endpoint ?? ""} />
      </Filter>
      <section class="card" aria-label="Deliveries">
        {deliveries.length === 0 ? (
          <Empty>
            {isFiltered ? (
              "No delivery matches these filters."
            ) : (
              <>
                Nothing has arrived yet. <a href={checkouts}>Connect a checkout</a> first.
              </>
            )}
          </Empty>
        ) : (
          <DataTable
            caption="Deliveries, newest first"
            columns={[
              { label: "Received", is_heading: true },
              { label: "Checkout" },
              { label: "Type" },
              { label: "Outcome" },
              { label: "Affiliate" },
              { label: "Why", is_wide: true },
            ]}
            rows={deliveries.map((each) => [
              can_open ? (
                <a href={`${path}/${each.id}`}>
                  <Time ms={Date.parse(each.received_at)} />
                </a>
              ) : (
                <Time ms={Date.parse(each.received_at)} />
              ),
              nameCheckout(each.provider),
              <>
                <span class="code">{each.type ?? "unknown"}</span>
                {each.test && <span class="tag">Test</span>}
              </>,
              <OutcomeTag outcome={each.outcome} />,
              each.attributed_to === null ? "–" : <AffiliateLink program={program} username={each.attributed_to} />,
              <span class="reason">{each.detail ?? nameReason(each.reason)}</span>,
            ])}
          />
        )}
        <Pager path={path} params={{ ...params }} next={next} />
      </section>
    </div>
  );
}

/** One delivery: its outcome, its request, and a button to process it again. */
export function DeliveryPage(props: {
  program: string;
  delivery: WholeDeliveryView;
  can_replay: boolean;
  done: string | undefined;
}) {
  const { program, delivery, can_replay, done } = props;
  const checkouts = programHref(program, "/checkouts");
  const { request, conversion, attributed_to, next_at } = delivery;
  return (
    <div class="stack">
      <PageHead title={delivery.type ?? "Delivery"} back={{ href: `${checkouts}/deliveries`, label: "Deliveries" }}>
        {can_replay && request !== null && (
          <form method="post" action={`${checkouts}/deliveries/${delivery.id}/replay`}>
            <button type="submit">Process again</button>
          </form>
        )}
      </PageHead>
      <Done done={done} texts={{ replayed: "Processed again. This is the outcome." }} />
      <section class="card" aria-label="Outcome">
        <p class="verdict">
          <OutcomeTag outcome={delivery.outcome} /> {delivery.detail ?? nameReason(delivery.reason)}
        </p>
        <dl class="facts">
          <Fact label="Received">
            <Time ms={Date.parse(delivery.received_at)} />
          </Fact>
          <Fact label="Checkout">
            <a href={`${checkouts}/${delivery.endpoint}`}>{nameCheckout(delivery.provider)}</a>
          </Fact>
          {delivery.event_id !== null && <Fact label="Event ID">{delivery.event_id}</Fact>}
          {attributed_to !== null && (
            <Fact label="Affiliate">
              <AffiliateLink program={program} username={attributed_to} />
            </Fact>
          )}
          {conversion !== null && (
            <Fact label="Sale">
              <a href={programHref(program, `/sales/${encodeURIComponent(conversion)}`)}>{conversion}</a>
            </Fact>
          )}
          <Fact label="Attempts">{formatCount(delivery.attempts)}</Fact>
          {next_at !== null && (
            <Fact label="Next attempt">
              <Time ms={Date.parse(next_at)} />
            </Fact>
          )}
          <Fact label="Mode">{delivery.test ? "Test" : "Live"}</Fact>
          <Fact label="Delivery ID">{delivery.id}</Fact>
        </dl>
      </section>
      <section class="card" aria-labelledby="request">
        <h2 id="request">Request</h2>
        {request === null ? (
          <Empty>It isn’t stored, or was deleted after its retention.</Empty>
        ) : (
          <>
            <pre class="code">
              {[
                `${request.method} ${request.path}${request.query === "" ? "" : `?${request.query}`}`,
                ...request.headers.map((header) => header.join(": ")),
              ].join("\n")}
            </pre>
            <pre class="code">{request.body}</pre>
          </>
        )}
      </section>
    </div>
  );
}

function OutcomeTag({ outcome }: { outcome: Outcome }) {
  const { label, tone } = OUTCOMES[outcome];
  return <StatusTag tone={tone}>{label}</StatusTag>;
}

function AffiliateLink({ program, username }: { program: string; username: string }) {
  return <a href={programHref(program, `/affiliates/${encodeURIComponent(username)}`)}>{username}</a>;
}

/** `last_click` as `Last click`. */
function nameReason(reason: string | null): string {
  const words = (reason ?? "").replaceAll("_", " ");
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
