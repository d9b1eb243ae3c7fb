/** What most pages of a program's affiliates need of the program. */
import type * as v from "valibot";
import { readApi } from "../../console/layout/call-api.ts";
import type { ConsoleContext } from "../../console/layout/page.tsx";
import type { program } from "../../programs/reference/programs.ts";
import type { GroupView, Page } from "./views.ts";

/** A program as the API shows it. */
export type ProgramView = v.InferOutput<typeof program>;

/** The slug of the program that a page is about. */
export function programOf(c: ConsoleContext): string {
  return c.req.param("program") ?? "";
}

/** The program that a page is about. */
export function readProgram(c: ConsoleContext): Promise<ProgramView> {
  return readApi(c, `/programs/${encodeURIComponent(programOf(c))}`);
}

/** Its groups. */
export async function readGroups(c: ConsoleContext): Promise<GroupView[]> {
  const { data } = await readApi<Page<GroupView>>(c, `/programs/${encodeURIComponent(programOf(c))}/groups`);
  return data;
}
