/** `/admin`: what waits for the merchant, and a program's figures in a period. */
import { readApi } from "../../console/layout/call-api.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show, signedIn } from "../../console/layout/page.tsx";
import { Empty, PageHead } from "../../console/layout/parts.tsx";
import { toIsoDay } from "../../lib/calendar.ts";
import { Problem } from "../../lib/problem.ts";
import type { QueryParams } from "../../portal/layout/href.ts";
import { type Period, readPeriod } from "../../portal/layout/period.ts";
import { type AttentionView, type HomeFilter, HomePage, type OverviewView, type StatusView } from "./home-page.tsx";

export function addHomeRoutes(app: ConsoleApp): void {
  app.get("/", allow("read"), showHome);
}

async function showHome(c: ConsoleContext): Promise<Response> {
  const { programs } = c.var;
  const asked = c.req.query("program");
  const program =
    asked === undefined ? programs[0] : (programs.find(({ slug }) => slug === asked) ?? { slug: asked, name: asked });
  if (program === undefined) return show(c, 200, "Overview", <NoProgramPage can_create={canCreate(c)} />);
  const period = readPeriod(c.req.query(), c.var.now);
  const filter = readFilter(c.req.query());
  const [{ overview, fault }, attention, status] = await Promise.all([
    readOverview(c, program.slug, period, filter),
    readApi<{ data: AttentionView[] }>(c, `/programs/${encodeURIComponent(program.slug)}/attention`),
    readStatus(c),
  ]);
  const page = (
    <HomePage
      {...{ program, programs, period, filter, fault, overview, status }}
      attention={attention.data}
      now={c.var.now}
    />
  );
  return show(c, 200, program.name, page);
}

function readFilter({ affiliate, link, country }: Record<string, string>): HomeFilter {
  const trim = (text = "") => text.trim() || null;
  return { affiliate: trim(affiliate), link: trim(link), country: trim(country)?.toUpperCase() ?? null };
}

/** The figures. Filters that name nothing are not applied, and `fault` says why. */
async function readOverview(
  c: ConsoleContext,
  program: string,
  { first_day, last_day, comparison }: Period,
  filter: HomeFilter,
): Promise<{ overview: OverviewView; fault: string | null }> {
  const path = `/programs/${encodeURIComponent(program)}/overview`;
  const days: QueryParams = {
    ...{ from: toIsoDay(first_day), to: toIsoDay(last_day) },
    ...{ compare_from: toIsoDay(comparison.first_day), compare_to: toIsoDay(comparison.last_day) },
  };
  try {
    return { overview: await readApi(c, path, { ...days, ...filter }), fault: null };
  } catch (error) {
    if (!(error instanceof Problem) || (error.status !== 422 && error.status !== 409)) throw error;
    return { overview: await readApi(c, path, days), fault: error.message };
  }
}

/** What of the whole service isn't ok. Endpoints are among what waits for the program. */
async function readStatus(c: ConsoleContext): Promise<StatusView[]> {
  if (signedIn(c).session.actor.program_ids !== null) return [];
  const { items } = await readApi<{ items: StatusView[] }>(c, "/status");
  const ofPrograms = ["silent_endpoints", "refusing_endpoints"];
  return items.filter(({ name, status }) => status !== "ok" && !ofPrograms.includes(name));
}

function canCreate(c: ConsoleContext): boolean {
  return may(c, "write") && signedIn(c).session.actor.program_ids === null;
}

function NoProgramPage({ can_create }: { can_create: boolean }) {
  return (
    <div class="stack">
      <PageHead title="Overview">
        {can_create && (
          <a class="button primary" href="/admin/programs/new">
            Create program
          </a>
        )}
      </PageHead>
      <section class="card" aria-label="Programs">
        <Empty>
          {can_create
            ? "There are no programs yet. Create the first one: it has the terms, links and affiliates."
            : "You can see no program yet. Ask an owner."}
        </Empty>
      </section>
    </div>
  );
}
