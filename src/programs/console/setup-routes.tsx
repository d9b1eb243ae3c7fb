/** `/admin/programs/:program/setup`: what is set up, and what is left to do. */
import type * as v from "valibot";
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import type { ConversionRow } from "../../conversions/console/views.ts";
import type { OverviewView } from "../../insights/console/home-page.tsx";
import type { Problem } from "../../lib/problem.ts";
import type { LinkView } from "../../links/console/link-view.ts";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { nameCheckout } from "../../webhooks/console/checkout-names.ts";
import { containsSecret } from "../../webhooks/console/endpoint-health.ts";
import { findMissingPurposes } from "../../webhooks/expected-events.ts";
import { providers } from "../../webhooks/providers.ts";
import type { endpoint, eventType } from "../../webhooks/reference/webhooks.ts";
import type { domainCheck } from "../reference/domain.ts";
import type { ProgramView } from "./settings-page.tsx";
import { SetupPage } from "./setup-page.tsx";
import { listSetupSteps, type SetupFacts } from "./setup-steps.ts";
import type { VersionView } from "./terms-words.tsx";

type List<Row> = { data: Row[] };
type EventTypeView = v.InferOutput<typeof eventType>;

export function addSetupRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/setup", allow("read"), async (c) => {
    const program = await readApi<ProgramView>(c, pathOf(c.req.param("program")));
    return showSetup(c, program, null);
  });

  app.post("/programs/:program/setup/test-sale", allow("webhooks"), async (c) => {
    const program = await readApi<ProgramView>(c, pathOf(c.req.param("program")));
    const values = await readFormFields(c);
    const sent = await sendTestSale(c, program.slug, values);
    if (!sent.ok) return showSetup(c, program, sent.problem);
    return c.redirect(`${programHref(program.slug, "/setup")}?done=tested#sale`, 303);
  });
}

async function showSetup(c: ConsoleContext, program: ProgramView, problem: Problem | null): Promise<Response> {
  const facts = await readFacts(c, program);
  const page = (
    <SetupPage
      {...{ program, facts, problem, steps: listSetupSteps(facts) }}
      may_connect={may(c, "webhooks")}
      sources={[...providers.keys()]}
      done={c.req.query("done")}
    />
  );
  return show(c, problem === null ? 200 : 422, "Setup", page);
}

/** Sends a test sale through the first endpoint that can be tested. If there is none, one for tests is created. */
async function sendTestSale(c: ConsoleContext, program: string, values: Record<string, string>) {
  const { link = "", host = "", [FORM_KEY]: key = "" } = values;
  const path = pathOf(program, "/endpoints");
  const { data } = await readApi<List<v.InferOutput<typeof endpoint>>>(c, path, { limit: "100" });
  const usable = data.filter(({ disabled, secrets }) => !disabled && secrets.length > 0);
  const able = usable.find(({ source, test }) => {
    const sample = providers.get(source)?.sample;
    return sample !== undefined && (sample.marks_test || test);
  });
  const send = (id: string) =>
    changeApi<{ conversion: string | null }>(c, {
      ...{ method: "POST", path: `${path}/${encodeURIComponent(id)}/test-sale`, body: { link, ...(host && { host }) } },
      idempotency_key: key,
    });
  if (able !== undefined) return send(able.id);
  const body = { source: "standard", test: true };
  const created = await changeApi<{ id: string }>(c, {
    method: "POST",
    path,
    body,
    idempotency_key: `${key}-endpoint`,
  });
  return created.ok ? send(created.body.id) : created;
}

const pathOf = (program: string, path = "") => `/programs/${encodeURIComponent(program)}${path}`;

async function readFacts(c: ConsoleContext, { slug: program, currency }: ProgramView): Promise<SetupFacts> {
  const one = { limit: "1" };
  const sales = (test: string) => ({ program, type: "sale", credited: "true", test, ...one });
  const fresh = c.req.query("check") === "domain" ? "true" : null;
  const [terms, domain, endpoints, approved, links, overview, deliveries, live, tested] = await Promise.all([
    readApi<List<VersionView>>(c, pathOf(program, "/terms"), one),
    readApi<v.InferOutput<typeof domainCheck>>(c, pathOf(program, "/domain"), { fresh }),
    readEndpoints(c, program),
    readApi<List<object>>(c, pathOf(program, "/enrollments"), { status: "approved", ...one }),
    readApi<List<LinkView>>(c, "/links", { program, disabled: "false", sort: "created_at", ...one }),
    readApi<OverviewView>(c, pathOf(program, "/overview")),
    readApi<List<object>>(c, pathOf(program, "/deliveries"), one),
    readApi<List<ConversionRow>>(c, "/conversions", sales("false")),
    readApi<List<ConversionRow>>(c, "/conversions", sales("true")),
  ]);
  const newest = terms.data[0]?.terms;
  const pays = (newest?.rates ?? []).some(
    ({ rate_bps = 0, rate, flat = 0 }) => rate_bps + flat + (rate?.numerator ?? 0) > 0,
  );
  const [link] = links.data;
  return {
    pays,
    has_payout: newest?.payout != null,
    ...{ link_host: domain.link_host, answers: domain.answers, hosts: domain.destination_hosts },
    endpoints,
    has_affiliate: approved.data.length > 0,
    link: link === undefined ? null : { url: link.url, slug: link.slug, host: new URL(link.url).host },
    has_click: overview.clicks > 0 || live.data.length > 0,
    has_event: deliveries.data.length > 0,
    has_credited: live.data.length + tested.data.length > 0,
    has_commission: live.data.some(({ commission }) => commission !== null),
    tested: live.data.length > 0 ? null : await readTested(c, program, currency, tested.data[0]),
  };
}

/** The latest sale in test mode, with what it would earn by the newest terms. */
async function readTested(
  c: ConsoleContext,
  program: string,
  currency: string,
  row: ConversionRow | undefined,
): Promise<SetupFacts["tested"]> {
  if (row === undefined) return null;
  const { id, attributed_to: affiliate, amount, occurred_at } = row;
  const money = { amount: amount ?? 0, currency: row.currency ?? currency };
  const previewed = await changeApi<{ sales: { entries: { amount: number; currency: string }[] }[] }>(c, {
    ...{ method: "POST", path: pathOf(program, "/terms/preview") },
    body: { sales: [{ occurred_at, ...money }] },
  });
  const [entry] = previewed.ok ? (previewed.body.sales[0]?.entries ?? []) : [];
  const earns = entry === undefined || entry.amount === 0 ? null : { amount: entry.amount, currency: entry.currency };
  return { ...{ id, affiliate }, sold: money, earns };
}

async function readEndpoints(c: ConsoleContext, program: string): Promise<SetupFacts["endpoints"]> {
  const { data } = await readApi<List<v.InferOutput<typeof endpoint>>>(c, pathOf(program, "/endpoints"));
  const enabled = data.filter(({ disabled }) => !disabled);
  return Promise.all(
    enabled.map(async ({ id, source, test, url, secrets }) => {
      const path = pathOf(program, `/endpoints/${encodeURIComponent(id)}/event-types`);
      const types = (await readApi<List<EventTypeView>>(c, path)).data;
      const received = types.filter(({ deliveries }) => deliveries > 0).map(({ type }) => type);
      const missing = findMissingPurposes(types.map((type) => ({ ...type, last_at: null })));
      const shown = { id, source, name: nameCheckout(source), url: containsSecret(url) ? null : url };
      return { ...shown, has_secret: secrets.length > 0, test, received, missing };
    }),
  );
}
