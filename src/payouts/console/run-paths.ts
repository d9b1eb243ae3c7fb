/** Paths of payout runs, of the API and of the console. An encoded slash in an id doesn't make it another path. */
import { readApi } from "../../console/layout/call-api.ts";
import { programHref } from "../../console/layout/navigation.ts";
import type { ConsoleContext } from "../../console/layout/page.tsx";
import type { RunView } from "./describe-run.ts";

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

/** The run that the page is about. Throws the API's 404. */
export function readRun(c: ConsoleContext): Promise<RunView> {
  return readApi(c, runPathOf(c));
}
