/** `/admin/programs/:program/setup`: what is set up, and what is left to do. */
import type * as v from "valibot";
import { readApi } from "../../console/layout/call-api.ts";
import { allow, type ConsoleApp, type ConsoleContext, show } from "../../console/layout/page.tsx";
import type { OverviewView } from "../../insights/console/home-page.tsx";
import { findMissingPurposes } from "../../webhooks/expected-events.ts";
import type { endpoint, eventType } from "../../webhooks/reference/webhooks.ts";
import type { domainCheck } from "../reference/domain.ts";
import type { ProgramView } from "./settings-page.tsx";
import { SetupPage } from "./setup-page.tsx";
import { listSetupSteps, type SetupFacts } from "./setup-steps.ts";
import type { VersionView } from "./terms-words.tsx";

type List<Row> = { data: Row[] };
type EventTypeView = v.InferOutput<typeof eventType>;
type SaleRow = { commission: object | null };

export function addSetupRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/setup", allow("read"), async (c) => {
    const slug = c.req.param("program");
    const program = await readApi<ProgramView>(c, pathOf(slug));
    const facts = await readFacts(c, slug);
    const page = (
      <SetupPage {...{ program, steps: listSetupSteps(facts), link: facts.link }} done={c.req.query("done")} />
    );
    return show(c, 200, "Setup", page);
  });
}

const pathOf = (program: string, path = "") => `/programs/${encodeURIComponent(program)}${path}`;

async function readFacts(c: ConsoleContext, program: string): Promise<SetupFacts> {
  const one = { limit: "1" };
  const sales = (test: string) => ({ program, type: "sale", credited: "true", test, ...one });
  const [terms, domain, endpoints, approved, links, overview, deliveries, live, tested] = await Promise.all([
    readApi<List<VersionView>>(c, pathOf(program, "/terms"), one),
    readApi<v.InferOutput<typeof domainCheck>>(c, pathOf(program, "/domain")),
    readEndpoints(c, program),
    readApi<List<object>>(c, pathOf(program, "/enrollments"), { status: "approved", ...one }),
    readApi<List<{ url: string }>>(c, "/links", { program, ...one }),
    readApi<OverviewView>(c, pathOf(program, "/overview")),
    readApi<List<object>>(c, pathOf(program, "/deliveries"), one),
    readApi<List<SaleRow>>(c, "/conversions", sales("false")),
    readApi<List<SaleRow>>(c, "/conversions", sales("true")),
  ]);
  const newest = terms.data[0]?.terms;
  const pays = (newest?.rates ?? []).some(
    ({ rate_bps = 0, rate, flat = 0 }) => rate_bps + flat + (rate?.numerator ?? 0) > 0,
  );
  return {
    pays,
    has_payout: newest?.payout != null,
    ...{ link_host: domain.link_host, answers: domain.answers, hosts: domain.destination_hosts },
    endpoints,
    has_affiliate: approved.data.length > 0,
    link: links.data[0]?.url ?? null,
    has_click: overview.clicks > 0 || live.data.length > 0,
    has_event: deliveries.data.length > 0,
    has_credited: live.data.length + tested.data.length > 0,
    has_commission: live.data.some(({ commission }) => commission !== null),
  };
}

async function readEndpoints(c: ConsoleContext, program: string): Promise<SetupFacts["endpoints"]> {
  const { data } = await readApi<List<v.InferOutput<typeof endpoint>>>(c, pathOf(program, "/endpoints"));
  const enabled = data.filter(({ disabled }) => !disabled);
  return Promise.all(
    enabled.map(async ({ id, source, test }) => {
      const path = pathOf(program, `/endpoints/${encodeURIComponent(id)}/event-types`);
      const types = (await readApi<List<EventTypeView>>(c, path)).data;
      const received = types.filter(({ deliveries }) => deliveries > 0).map(({ type }) => type);
      const missing = findMissingPurposes(types.map((type) => ({ ...type, last_at: null })));
      return { source, test, received, missing };
    }),
  );
}
