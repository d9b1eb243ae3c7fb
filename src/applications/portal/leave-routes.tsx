/** `/app/program/leave`: an affiliate leaves a program. */
import type { Hono } from "hono";
import { joinProgram } from "../../affiliates/joining-store.ts";
import { recordChange } from "../../audit/audit-store.ts";
import { auditActorOf } from "../../portal/layout/audit-actor.ts";
import { buildHref } from "../../portal/layout/href.ts";
import { MessagePage } from "../../portal/layout/message.tsx";
import { type Portal, show, showNotFound } from "../../portal/layout/page.tsx";
import { readProgramContext } from "../../portal/layout/program-context.tsx";

export function addLeaveRoutes(app: Hono<Portal>): void {
  app.get("/program/leave", async (c) => {
    const context = await readProgramContext(c);
    if (context === null || context.program.status !== "approved") return showNotFound(c);
    const { name, slug } = context.program;
    const page = (
      <MessagePage title={`Leave ${name}?`}>
        <p>
          Your links keep working, but new sales earn nothing. What you earned until now is still paid, on the usual
          days. You may join again later.
        </p>
        <form method="post" action={buildHref("/app/program/leave", { program: slug })}>
          <button type="submit" class="primary">
            Leave {name}
          </button>
        </form>
        <p>
          <a href={buildHref("/app/program", { program: slug })}>Stay</a>
        </p>
      </MessagePage>
    );
    return show(c, 200, `Leave ${name}`, page);
  });

  app.post("/program/leave", async (c) => {
    const context = await readProgramContext(c);
    if (context === null || context.program.status !== "approved") return showNotFound(c);
    const { affiliate, db, program, now } = context;
    const change = {
      ...{
        action: "enrollment.updated",
        program_id: program.id,
        subject_type: "affiliate",
        subject: affiliate.username,
      },
      ...{ before: { status: "approved" }, after: { status: "left" } },
    };
    await db.batch([
      ...joinProgram(db, { program_id: program.id, affiliate_id: affiliate.id }, "left", now),
      recordChange(db, auditActorOf(affiliate), change, now),
    ]);
    return c.redirect(buildHref("/app/program", { program: program.slug }), 303);
  });
}
