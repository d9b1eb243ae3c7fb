/** `/app/view`: a user of the merchant looks at an affiliate's portal. Nothing can be changed until the view ends. */
import type { Hono } from "hono";
import { openDatabase } from "../db/database.ts";
import { ReadOnlyPage, ViewExpiredPage } from "./layout/message.tsx";
import { type Portal, show } from "./layout/page.tsx";
import { endView, findView, openView } from "./layout/sign-in/view-store.ts";

/** Methods that a view may use. */
const READING: readonly string[] = ["GET", "HEAD"];

/** Place it before every route that changes something. */
export function addViewRoutes(app: Hono<Portal>): void {
  app.get("/view", async (c) => {
    const isOpened = await openView(c, openDatabase(c.env.DB), c.req.query("token") ?? "", c.var.now);
    return isOpened ? c.redirect("/app", 303) : show(c, 410, "View ended", <ViewExpiredPage />);
  });

  app.post("/view/end", async (c) => {
    await endView(c, openDatabase(c.env.DB));
    return c.redirect("/admin", 303);
  });

  app.use(async (c, next) => {
    const view = await findView(c, () => openDatabase(c.env.DB), c.var.now);
    if (view === null) return next();
    c.set("affiliate", view.affiliate);
    c.set("view", view);
    return READING.includes(c.req.method) ? next() : show(c, 403, "Read only", <ReadOnlyPage />);
  });
}
