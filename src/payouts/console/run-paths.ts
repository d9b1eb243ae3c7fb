/** Paths of payout runs, of the API and of the console. An encoded slash in an id doesn't make it another path. */
import { programHref } from "../../console/layout/navigation.ts";
import type { ConsoleContext } from "../../console/layout/page.tsx";

/** The API's path of the program's runs. */
export function runsPathOf(c: ConsoleContext): string {
  return `/programs/${encodeURIComponent(c.req.param("program") ?? "")}/payouts/runs`;
}

/** The API's path of the run that the page is about. */
export function runPathOf(c: ConsoleContext): string {
  return `${runsPathOf(c)}/${encodeURIComponent(c.req.param("run") ?? "")}`;
}

/** The path of the run's page. */
export function pagePathOf(c: ConsoleContext): string {
  return programHref(c.req.param("program") ?? "", `/payouts/${encodeURIComponent(c.req.param("run") ?? "")}`);
}
