import { Count } from "../../portal/layout/figures.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { FIGURE_DAYS, type ProgramFigures } from "./queries.ts";

/** The programs that a user may see, with their figures. */
export function ProgramList({ programs, is_limited }: { programs: ProgramFigures[]; is_limited: boolean }) {
  return (
    <section class="card" aria-labelledby="programs">
      <h2 id="programs">Programs</h2>
      {programs.length === 0 ? (
        <p class="empty">
          {is_limited ? "None of your programs exists any more. Ask an owner." : "There are no programs yet."}
        </p>
      ) : (
        <>
          <p class="muted">Clicks and sales of the last {FIGURE_DAYS} days.</p>
          <DataTable
            caption="Programs"
            columns={[
              { label: "Program", is_heading: true },
              { label: "Affiliates", is_number: true },
              { label: "Waiting for approval", is_number: true },
              { label: "Clicks", is_number: true },
              { label: "Sales", is_number: true },
              { label: "Open payout run" },
            ]}
            rows={programs.map(({ slug, name, approved, pending, clicks, sales, open_run }) => [
              <>
                {name} <span class="muted light">{slug}</span>
              </>,
              <Count count={approved} />,
              <Count count={pending} />,
              <Count count={clicks} />,
              <Count count={sales} />,
              open_run === null ? "None" : (RUN_STATUSES[open_run] ?? open_run),
            ])}
          />
        </>
      )}
    </section>
  );
}

const RUN_STATUSES: Record<string, string> = {
  drafting: "Being drafted",
  draft: "Waiting for approval",
  approved: "Approved",
  paying: "Being paid",
  cancelling: "Being canceled",
};
