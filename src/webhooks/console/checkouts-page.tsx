import { CheckField, Field, Form, type FormState, SelectField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Copied, Empty, PageHead, Pager, StatusTag } from "../../console/layout/parts.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { nameCheckout } from "./checkout-names.ts";
import { ConnectSteps } from "./connect-steps.tsx";
import { type EndpointView, judgeEndpoint } from "./endpoint-health.ts";

/** The endpoints of a program with their health, and a form for a new one. */
export function CheckoutsPage(props: {
  program: string;
  endpoints: readonly EndpointView[];
  next: string | null;
  cursor: string | null;
  form: FormState;
  /** The checkouts that can be connected. */
  sources: readonly string[];
  can_write: boolean;
}) {
  const { program, endpoints, next, cursor, form, sources, can_write } = props;
  const path = programHref(program, "/checkouts");
  return (
    <div class="stack">
      <PageHead title="Checkouts" note="Each endpoint is a URL to which a checkout reports its sales and refunds.">
        <a class="button" href={`${path}/deliveries`}>
          Deliveries
        </a>
      </PageHead>
      <section class="card" aria-label="Endpoints">
        {endpoints.length === 0 ? (
          <Empty>
            <strong>No checkout is connected yet.</strong>{" "}
            {can_write
              ? "Create an endpoint below, and enter its URL at your checkout."
              : "A manager or a developer of your team creates the first endpoint."}
          </Empty>
        ) : (
          <EndpointTable endpoints={endpoints} path={path} />
        )}
        <Pager path={path} params={{ cursor }} next={next} />
      </section>
      {can_write && (
        <section class="card" aria-labelledby="create">
          <h2 id="create">Create an endpoint</h2>
          <Form action={path} state={form} submit="Create endpoint" fields={["source", "secret", "api_key", "test"]}>
            <SelectField
              state={form}
              name="source"
              label="Checkout"
              options={sources
                .map((source) => [source, nameCheckout(source)] as const)
                .toSorted(([, one], [, other]) => one.localeCompare(other, "en"))}
            />
            <Field
              state={form}
              name="secret"
              label="Secret"
              note="Only if your checkout already shows one. You can add it later, or Lastclick makes it."
              input={{ autocomplete: "off" }}
            />
            <Field
              state={form}
              name="api_key"
              label="API key"
              note="Only for checkouts whose events must be looked up, as their docs say."
              input={{ autocomplete: "off" }}
            />
            <CheckField state={form} name="test" label="Everything it receives is in test mode" />
          </Form>
        </section>
      )}
    </div>
  );
}

function EndpointTable({ endpoints, path }: { endpoints: readonly EndpointView[]; path: string }) {
  return (
    <DataTable
      caption="Endpoints"
      columns={[
        { label: "Checkout", is_heading: true },
        { label: "State", is_wide: true },
        { label: "Last event" },
        { label: "Types of event", is_wide: true },
      ]}
      rows={endpoints.map((endpoint) => {
        const { tag, tone, sentence } = judgeEndpoint(endpoint);
        return [
          <>
            <a href={`${path}/${endpoint.id}`}>{nameCheckout(endpoint.source)}</a>
            {endpoint.test && <span class="tag">Test</span>}
            <span class="note">{endpoint.id}</span>
          </>,
          <>
            <StatusTag tone={tone}>{tag}</StatusTag> <span class="reason">{sentence}</span>
          </>,
          endpoint.last_delivery_at === null ? "None" : <Time ms={Date.parse(endpoint.last_delivery_at)} />,
          <span class="reason">{endpoint.types.map(({ type }) => type).join(", ")}</span>,
        ];
      })}
    />
  );
}

/** What to enter at a checkout, shown once: the secret, and the URL that may contain it. */
export function SecretPage(props: {
  program: string;
  endpoint: Pick<EndpointView, "id" | "source">;
  title: string;
  url: string | null;
  secret: string | null;
  /** Whether the checkout makes the secret, which isn't known yet. */
  needs_secret: boolean;
}) {
  const { program, endpoint, title, url, secret, needs_secret } = props;
  const path = `${programHref(program, "/checkouts")}/${endpoint.id}`;
  const name = nameCheckout(endpoint.source);
  return (
    <div class="stack">
      <PageHead title={title} back={{ href: path, label: name }} />
      <section class="card stack" aria-label="What to enter at the checkout">
        <ConnectSteps source={endpoint.source} {...{ url, secret }} secret_href={null} />
        {secret !== null && <p class="notice">The secret is shown only now.</p>}
        {needs_secret && (
          <p class="notice">
            {name} then shows a secret. <a href={`${path}#secrets`}>Add it here</a>: until then, everything is refused.
          </p>
        )}
        <Copied />
        <p>
          <a href={path}>Wait for the first event</a>
        </p>
      </section>
    </div>
  );
}
