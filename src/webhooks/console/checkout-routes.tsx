/** `/admin/programs/:program/checkouts`: endpoints, their secrets and settings. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { MS_PER_DAY, MS_PER_HOUR } from "../../lib/time.ts";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { providers } from "../providers.ts";
import { nameCheckout } from "./checkout-names.ts";
import { CheckoutsPage, SecretPage } from "./checkouts-page.tsx";
import type { EndpointView } from "./endpoint-health.ts";
import { EndpointPage } from "./endpoint-page.tsx";
import type { EventTypeView } from "./type-table.tsx";

/** What is shown once, when a secret is made. */
interface NewSecret {
  url: string;
  secret: string | null;
}

export function addCheckoutRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/checkouts", allow("read"), (c) => showCheckouts(c, newForm({ source: "stripe" })));

  app.post("/programs/:program/checkouts", allow("webhooks"), async (c) => {
    const program = c.req.param("program");
    const values = await readFormFields(c);
    const { source, secret = "", api_key = "", test } = values;
    const body = { source, ...withText({ secret, api_key }), test: test === "on" };
    const call = { method: "POST", path: endpointsPathOf(c), body, idempotency_key: values[FORM_KEY] } as const;
    const made = await changeApi<EndpointView & NewSecret>(c, call);
    if (!made.ok) return showCheckouts(c, { values, problem: made.problem });
    const endpoint = made.body;
    const page = (
      <SecretPage
        title={`Connect ${nameCheckout(endpoint.source)}`}
        needs_secret={endpoint.secrets.length === 0}
        {...{ program, endpoint, url: endpoint.url, secret: endpoint.secret }}
      />
    );
    return show(c, 200, "Connect a checkout", page);
  });

  app.get("/programs/:program/checkouts/:endpoint", allow("read"), (c) => showEndpoint(c, {}));

  app.post("/programs/:program/checkouts/:endpoint", allow("webhooks"), async (c) => {
    const values = await readFormFields(c);
    const { api_key = "", remove_api_key, test } = values;
    const key = remove_api_key === "on" ? { api_key: null } : withText({ api_key });
    const body = { test: test === "on", ...key };
    const saved = await changeApi(c, { method: "PATCH", path: endpointPathOf(c), body });
    return saved.ok ? goBack(c, "saved") : showEndpoint(c, { form: { values, problem: saved.problem } });
  });

  app.post("/programs/:program/checkouts/:endpoint/disable", allow("webhooks"), async (c) => {
    const { confirmed } = await readFormFields(c);
    if (confirmed === "yes") return setDisabled(c, true);
    const endpoint = await readEndpoint(c);
    return showConfirm(c, endpoint, {
      title: `Disable ${nameCheckout(endpoint.source)}?`,
      action: "disable",
      effect:
        "Everything that arrives from now on is refused: sales in that time earn no commission unless they are sent again.",
      undo: "You can enable it again. Then have the checkout resend what was refused.",
      submit: "Disable endpoint",
    });
  });

  app.post("/programs/:program/checkouts/:endpoint/enable", allow("webhooks"), (c) => setDisabled(c, false));

  app.post("/programs/:program/checkouts/:endpoint/secrets", allow("webhooks"), async (c) => {
    const program = c.req.param("program");
    const values = await readFormFields(c);
    const { secret = "", expire_others } = values;
    const expire_others_at = new Date(readShownAt(values.shown_at, c.var.now) + MS_PER_DAY).toISOString();
    const body = { ...withText({ secret }), ...(expire_others === "on" && { expire_others_at }) };
    const path = `${endpointPathOf(c)}/secrets`;
    const call = { method: "POST", path, body, idempotency_key: values[FORM_KEY] } as const;
    const added = await changeApi<NewSecret>(c, call);
    if (!added.ok) return showEndpoint(c, { secret_form: { values, problem: added.problem } });
    const { url, secret: made } = added.body;
    if (made === null) return goBack(c, "secret");
    const endpoint = await readEndpoint(c);
    const page = <SecretPage title="New secret" needs_secret={false} secret={made} {...{ program, endpoint, url }} />;
    return show(c, 200, "New secret", page);
  });

  app.get("/programs/:program/checkouts/:endpoint/secrets/:secret/remove", allow("webhooks"), async (c) =>
    showConfirm(c, await readEndpoint(c), {
      title: "Remove this secret?",
      action: `secrets/${encodeURIComponent(c.req.param("secret"))}/remove`,
      effect: "What the checkout signs with it is refused from now on.",
      undo: "This can’t be undone. You can add a new secret.",
      submit: "Remove secret",
    }),
  );

  app.post("/programs/:program/checkouts/:endpoint/secrets/:secret/remove", allow("webhooks"), async (c) => {
    const path = `${endpointPathOf(c)}/secrets/${encodeURIComponent(c.req.param("secret"))}`;
    const removed = await changeApi(c, { method: "DELETE", path });
    if (!removed.ok) throw removed.problem;
    return goBack(c, "removed");
  });
}

/** When a form was shown, in ms: a form that is submitted twice makes the same call. A form that was open for long counts from now. */
function readShownAt(text: string | undefined, now: number): number {
  const shown_at = Number(text);
  return now - shown_at >= 0 && now - shown_at < MS_PER_HOUR ? shown_at : now;
}

/** The fields that something was entered into. */
function withText(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text.trim() !== ""));
}

async function setDisabled(c: ConsoleContext, disabled: boolean): Promise<Response> {
  const saved = await changeApi(c, { method: "PATCH", path: endpointPathOf(c), body: { disabled } });
  if (!saved.ok) throw saved.problem;
  return goBack(c, disabled ? "disabled" : "enabled");
}

async function showCheckouts(c: ConsoleContext, form: FormState): Promise<Response> {
  const cursor = c.req.query("cursor") ?? null;
  const list = await readApi<{ data: EndpointView[]; next: string | null }>(c, endpointsPathOf(c), { cursor });
  const page = (
    <CheckoutsPage
      program={c.req.param("program") ?? ""}
      endpoints={list.data}
      next={list.next}
      sources={[...providers.keys()]}
      can_write={may(c, "webhooks")}
      {...{ cursor, form }}
    />
  );
  return show(c, form.problem === null ? 200 : 422, "Checkouts", page);
}

async function showEndpoint(
  c: ConsoleContext,
  forms: { form?: FormState; secret_form?: FormState },
): Promise<Response> {
  const [endpoint, types] = await Promise.all([
    readEndpoint(c),
    readApi<{ data: EventTypeView[] }>(c, `${endpointPathOf(c)}/event-types`),
  ]);
  const provider = providers.get(endpoint.source);
  const page = (
    <EndpointPage
      program={c.req.param("program") ?? ""}
      endpoint={endpoint}
      types={types.data}
      now={c.var.now}
      provider={{
        makes_secret: provider?.secret.made_by === "provider",
        takes_secret: provider?.secret.check !== undefined,
        takes_api_key: provider?.look_up !== undefined,
      }}
      form={forms.form ?? newForm({ test: endpoint.test ? "on" : "" })}
      secret_form={forms.secret_form ?? newForm()}
      can_write={may(c, "webhooks")}
      done={c.req.query("done")}
    />
  );
  return show(c, Object.keys(forms).length === 0 ? 200 : 422, nameCheckout(endpoint.source), page);
}

function showConfirm(
  c: ConsoleContext,
  endpoint: EndpointView,
  options: { title: string; action: string; effect: string; undo: string; submit: string },
): Response | Promise<Response> {
  const { title, action, ...confirm } = options;
  const path = pagePathOf(c);
  const page = (
    <div class="stack">
      <PageHead title={title} back={{ href: path, label: nameCheckout(endpoint.source) }} />
      <Confirm action={`${path}/${action}`} cancel={path} is_danger values={{}} {...confirm} />
    </div>
  );
  return show(c, 200, title, page);
}

/** The endpoint that the page is about. Throws the API's 404. */
function readEndpoint(c: ConsoleContext): Promise<EndpointView> {
  return readApi(c, endpointPathOf(c));
}

function endpointsPathOf(c: ConsoleContext): string {
  return `/programs/${encodeURIComponent(c.req.param("program") ?? "")}/endpoints`;
}

function endpointPathOf(c: ConsoleContext): string {
  return `${endpointsPathOf(c)}/${encodeURIComponent(c.req.param("endpoint") ?? "")}`;
}

function pagePathOf(c: ConsoleContext): string {
  const endpoint = encodeURIComponent(c.req.param("endpoint") ?? "");
  return programHref(c.req.param("program") ?? "", `/checkouts/${endpoint}`);
}

function goBack(c: ConsoleContext, done: string): Response {
  return c.redirect(`${pagePathOf(c)}?done=${done}`, 303);
}
