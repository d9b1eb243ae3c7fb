/** `/admin/access`: what the signed-in user may do, and the user's sessions. */
import { AccessPage } from "./access-page.tsx";
import { allow, type ConsoleApp, nameSession, show, signedIn } from "./layout/page.tsx";
import { endOtherSessions, endOwnSession, listOwnSessions } from "./layout/sign-in-store.ts";

export function addAccessRoutes(app: ConsoleApp): void {
  app.get("/access", allow("read"), async (c) => {
    const { session, db } = signedIn(c);
    const { role, program_ids } = session.actor;
    const page = (
      <AccessPage
        name={nameSession(session)}
        role={role}
        programs={program_ids === null ? null : c.var.programs.map(({ name }) => name)}
        sessions={await listOwnSessions(db, session, c.var.now)}
        current={session.id}
        done={c.req.query("done")}
      />
    );
    return show(c, 200, "Your access", page);
  });
  app.post("/sessions/end-others", allow("read"), async (c) => {
    const { session, db } = signedIn(c);
    await endOtherSessions(db, session);
    return c.redirect("/admin/access?done=others", 303);
  });
  app.post("/sessions/:id/end", allow("read"), async (c) => {
    const { session, db } = signedIn(c);
    await endOwnSession(db, session, c.req.param("id"));
    return c.redirect("/admin/access?done=ended", 303);
  });
}
