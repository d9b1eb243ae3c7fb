import { ProgramList } from "../programs/console/program-list.tsx";
import type { ProgramFigures } from "../programs/console/queries.ts";
import { PageHead } from "./layout/parts.tsx";

/** The console's first page: the programs with their figures. */
export function HomePage({ programs, is_limited }: { programs: ProgramFigures[]; is_limited: boolean }) {
  return (
    <div class="stack">
      <PageHead title="Overview" />
      <ProgramList programs={programs} is_limited={is_limited} />
    </div>
  );
}
