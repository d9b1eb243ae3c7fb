import { CheckField, Field, Form, type FormState } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Copied, Done, Empty, PageHead, Progress, StatusTag } from "../../console/layout/parts.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { nameCheckout } from "./checkout-names.ts";
import { ConnectSteps } from "./connect-steps.tsx";
import { containsSecret, type EndpointView, judgeEndpoint } from "./endpoint-health.ts";
import { type EventTypeView, TypeTable } from "./type-table.tsx";

const CONFIRMATIONS = {
  saved: "Changes saved.",
  secret: "Secret added.",
  removed: "Secret removed.",
  disabled: "Endpoint disabled. Everything that arrives is refused.",
  enabled: "Endpoint enabled.",
};

/** One endpoint: what to enter where, its health, its secrets and its settings. */
export function EndpointPage(props: {
  program: string;
  endpoint: EndpointView;
  types: readonly EventTypeView[];
  /** Whether the checkout makes the secret, whether a secret can be pasted, and whether it has an API key. */
  provider: { makes_secret: boolean; takes_secret: boolean; takes_api_key: boolean };
  form: FormState;
  secret_form: FormState;
  can_write: boolean;
  /** In ms. */
  now: number;
  done: string | undefined;
}) {
  const { now } = props;
  const { program, endpoint, types, provider, form, secret_form, can_write, done } = props;
  const path = `${programHref(program, "/checkouts")}/${endpoint.id}`;
  const name = nameCheckout(endpoint.source);
  const { tag, tone, sentence } = judgeEndpoint(endpoint);
  const is_waiting = endpoint.last_delivery_at === null && !endpoint.disabled;
  return (
    <div class="stack">
      <PageHead title={name} back={{ href: programHref(program, "/checkouts"), label: "Checkouts" }}>
        <a
          class="button"
          href={buildHref(`${programHref(program, "/checkouts")}/deliveries`, { endpoint: endpoint.id })}
        >
          Deliveries
        </a>
        {can_write && (
          <form method="post" action={`${path}/${endpoint.disabled ? "enable" : "disable"}`}>
            <button type="submit">{endpoint.disabled ? "Enable" : "Disable"}</button>
          </form>
        )}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <Progress id="state" path={path} is_running={is_waiting}>
        <p class="verdict">
          <StatusTag tone={tone}>{tag}</StatusTag> {sentence}
        </p>
        {endpoint.warnings
          .filter(({ detail }) => detail !== sentence)
          .map(({ detail }) => (
            <p class="notice">{detail}</p>
          ))}
        <dl class="facts">
          <Fact label="URL">
            <span class="code">{endpoint.url ?? "None"}</span>
          </Fact>
          <Fact label="Last event">
            {endpoint.last_delivery_at === null ? "None" : <Time ms={Date.parse(endpoint.last_delivery_at)} />}
          </Fact>
          <Fact label="Mode">{endpoint.test ? "Test" : "Live"}</Fact>
          <Fact label="Created">
            <Time ms={Date.parse(endpoint.created_at)} />
          </Fact>
        </dl>
      </Progress>
      <section class="card stack" aria-labelledby="connect">
        <h2 id="connect">What to enter at {name}</h2>
        <ConnectSteps
          source={endpoint.source}
          url={containsSecret(endpoint.url) ? null : endpoint.url}
          secret={null}
          secret_href="#secrets"
        />
        {containsSecret(endpoint.url) && (
          <p class="notice">
            The URL contains the secret, which was shown when it was made. <a href="#secrets">Add a secret</a> to get a
            new URL.
          </p>
        )}
        <Copied />
      </section>
      <section class="card" aria-labelledby="types">
        <h2 id="types">Types of event</h2>
        {types.length === 0 ? <Empty>No event has arrived yet.</Empty> : <TypeTable types={types} />}
      </section>
      <section class="card" aria-labelledby="secrets">
        <h2 id="secrets">Secrets</h2>
        <p class="muted">
          Each of them is accepted. To rotate, add one, enter it at the checkout, and remove the old one.
        </p>
        {endpoint.secrets.length === 0 ? (
          <Empty>There is no secret yet.</Empty>
        ) : (
          <SecretTable secrets={endpoint.secrets} path={path} can_write={can_write} />
        )}
        {can_write && (
          <Form action={`${path}/secrets`} state={secret_form} submit="Add secret" fields={["secret"]}>
            <input type="hidden" name="shown_at" value={now} />
            {provider.takes_secret && (
              <Field
                state={secret_form}
                name="secret"
                label="Secret"
                note={provider.makes_secret ? `The one that ${name} shows.` : "Leave it empty, and a new one is made."}
                required={provider.makes_secret}
                input={{ autocomplete: "off" }}
              />
            )}
            {endpoint.secrets.length > 0 && (
              <CheckField
                state={secret_form}
                name="expire_others"
                label="End the other secrets in 24 hours"
                note="Until then, you can remove them or keep using them."
              />
            )}
          </Form>
        )}
      </section>
      {can_write && (
        <section class="card" aria-labelledby="settings">
          <h2 id="settings">Settings</h2>
          <Form action={path} state={form} submit="Save settings" fields={["api_key", "test"]}>
            {provider.takes_api_key && (
              <Field
                state={form}
                name="api_key"
                label="API key"
                note={
                  endpoint.has_api_key ? `There is one. Enter another to replace it.` : `To look up what events lack.`
                }
                input={{ autocomplete: "off" }}
              />
            )}
            {provider.takes_api_key && endpoint.has_api_key && (
              <CheckField state={form} name="remove_api_key" label="Remove the API key" />
            )}
            <CheckField state={form} name="test" label="Everything it receives is in test mode" />
          </Form>
        </section>
      )}
    </div>
  );
}

function SecretTable(props: { secrets: EndpointView["secrets"]; path: string; can_write: boolean }) {
  const { secrets, path, can_write } = props;
  return (
    <DataTable
      caption="Secrets"
      columns={[{ label: "Secret", is_heading: true }, { label: "Added" }, { label: "Ends" }, { label: "Action" }]}
      rows={secrets.map(({ id, created_at, expires_at }) => [
        <span class="code">{id}</span>,
        <Time ms={Date.parse(created_at)} />,
        expires_at === null ? "Never" : <Time ms={Date.parse(expires_at)} />,
        can_write ? (
          <a href={`${path}/secrets/${id}/remove`}>
            Remove<span class="vh"> {id}</span>
          </a>
        ) : (
          "–"
        ),
      ])}
    />
  );
}
