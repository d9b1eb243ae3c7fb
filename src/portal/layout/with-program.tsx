/** For pages about one programme: which one, and what to say where there is none. */

import { type AffiliateProgram, readAffiliatePrograms } from "../../affiliates/enrollment-queries.ts";
import type { Database } from "../../db/database.ts";
import { NoProgramPage, NotFoundPage } from "./message.tsx";
import type { PageTools, PortalContext } from "./page-tools.tsx";

/** Who asks about which of their programmes. */
export interface Chosen {
  affiliate: { id: number; username: string; name: string };
  db: Database;
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  /** Milliseconds since the epoch. */
  now: number;
}

/** Answers for the programme that `?program=` names, the first where it names none. 404 for one that the affiliate is not in. */
export async function withProgram(
  c: PortalContext,
  tools: PageTools,
  title: string,
  answer: (chosen: Chosen) => Promise<Response>,
): Promise<Response> {
  const { affiliate, db } = tools.signedIn(c);
  const programs = await readAffiliatePrograms(db, affiliate.id);
  const asked = c.req.query("program");
  const program = asked === undefined ? programs[0] : programs.find(({ slug }) => slug === asked);
  if (program !== undefined) {
    if (asked !== undefined) c.set("program", asked);
    return answer({ affiliate, db, program, programs, now: tools.now(c.req.raw) });
  }
  return asked === undefined
    ? tools.show(c, 200, title, <NoProgramPage />)
    : tools.show(c, 404, "Not found", <NotFoundPage />);
}
