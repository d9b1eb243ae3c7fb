/** Which program a page is about, and what to show if there is none. */
import { type AffiliateProgram, readAffiliatePrograms } from "../../affiliates/enrollment-queries.ts";
import type { Database } from "../../db/database.ts";
import { NoProgramPage } from "./message.tsx";
import { type PortalContext, show, showNotFound, signedIn } from "./page.tsx";

/** The signed-in affiliate and the program that the page is about. */
export interface ProgramContext {
  affiliate: { id: number; username: string; name: string };
  db: Database;
  program: AffiliateProgram;
  /** All programs of the affiliate. */
  programs: AffiliateProgram[];
  /** Milliseconds since the epoch. */
  now: number;
}

/** The program that `?program=` names, or the affiliate's first one. Null if the affiliate isn't in it, or in none. */
export async function readProgramContext(c: PortalContext): Promise<ProgramContext | null> {
  const { affiliate, db } = signedIn(c);
  const programs = await readAffiliatePrograms(db, affiliate.id);
  const slug = c.req.query("program");
  const program = slug === undefined ? programs[0] : programs.find((other) => other.slug === slug);
  if (program === undefined) return null;
  if (slug !== undefined) c.set("program", slug);
  c.set("brand", program);
  return { affiliate, db, program, programs, now: c.var.now };
}

/** Renders a page about one program. Shows a 404 if `?program=` names a program that the affiliate isn't in. */
export async function withProgramContext(
  c: PortalContext,
  title: string,
  render: (context: ProgramContext) => Response | Promise<Response>,
): Promise<Response> {
  const context = await readProgramContext(c);
  if (context !== null) return render(context);
  return c.req.query("program") === undefined ? show(c, 200, title, <NoProgramPage />) : showNotFound(c);
}
