/** `/admin/programs`: the programs that a user may see. */
import { readApi } from "../../console/layout/call-api.ts";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, may, show, signedIn } from "../../console/layout/page.tsx";
import { Empty, PageHead, Pager } from "../../console/layout/parts.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import type { ProgramView } from "./settings-page.tsx";

export function addProgramListRoutes(app: ConsoleApp): void {
  app.get("/programs", allow("read"), async (c) => {
    const { cursor = null } = c.req.query();
    const { data, next } = await readApi<{ data: ProgramView[]; next: string | null }>(c, "/programs", { cursor });
    const canCreate = may(c, "write") && signedIn(c).session.actor.program_ids === null;
    const page = (
      <div class="stack">
        <PageHead title="Programs">
          {canCreate && (
            <a class="button primary" href="/admin/programs/new">
              Create program
            </a>
          )}
        </PageHead>
        <section class="card" aria-label="Programs">
          <ProgramTable programs={data} />
          <Pager path="/admin/programs" params={{ cursor }} next={next} />
        </section>
      </div>
    );
    return show(c, 200, "Programs", page);
  });
}

function ProgramTable({ programs }: { programs: readonly ProgramView[] }) {
  if (programs.length === 0) return <Empty>There are no programs yet. Create the first one.</Empty>;
  return (
    <DataTable
      caption="Programs"
      columns={[
        { label: "Program", is_heading: true },
        { label: "Currency" },
        { label: "Link domain" },
        { label: "Destination hosts", is_wide: true },
        { label: "Created" },
      ]}
      rows={programs.map(({ slug, name, currency, redirect_host, destination_hosts, created_at }) => [
        <>
          <a href={programHref(slug, "/setup")}>{name}</a> <span class="muted light">{slug}</span>
        </>,
        currency,
        redirect_host ?? "This one",
        destination_hosts.join(", "),
        <DateOnly ms={Date.parse(created_at)} />,
      ])}
    />
  );
}
