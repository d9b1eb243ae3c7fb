/** `/app/sign-in` and `/app/sign-out`: the only doors that are open to nobody in particular. */
import type { Hono } from "hono";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { importTokenKeys } from "../redirect/signed-text.ts";
import { rememberBrowser } from "./own-browser.ts";
import { ConfirmPage, LinkOverPage } from "./pages/sign-in.tsx";
import type { PageTools, Portal, PortalContext } from "./routes.tsx";
import { clearSessionCookies, readSessionCookie, setSessionCookies } from "./session.ts";
import { endSession, findSignInLink, startSession } from "./sign-in.ts";

export function addSignInRoutes(app: Hono<Portal>, tools: Pick<PageTools, "now" | "show">): void {
  // Mail scanners, previews and prefetches open links; only a person presses the button.
  app.get("/sign-in", async (c) => {
    const token = c.req.query("token") ?? "";
    const affiliate = await findSignInLink(openDatabase(c.env.DB), token, tools.now(c.req.raw));
    if (affiliate === null) return tools.show(c, 410, "This link no longer works", <LinkOverPage />);
    return tools.show(c, 200, "Sign in", <ConfirmPage token={token} affiliate={affiliate} />);
  });

  app.post("/sign-in", async (c) => {
    const { token } = await c.req.parseBody();
    return useLink(c, tools, typeof token === "string" ? token : "");
  });

  app.post("/sign-out", async (c) => {
    const token = readSessionCookie(c);
    if (token !== null) await endSession(openDatabase(c.env.DB), token);
    clearSessionCookies(c);
    return c.redirect("/app", 303);
  });
}

async function useLink(c: PortalContext, tools: Pick<PageTools, "now" | "show">, token: string): Promise<Response> {
  const now = tools.now(c.req.raw);
  const session = await startSession(openDatabase(c.env.DB), token, now);
  if (session === null) return tools.show(c, 410, "This link no longer works", <LinkOverPage />);
  const [key] = importTokenKeys(readSettings(c.env).token_keys);
  if (key === undefined) throw new Error("there is no key to sign with");
  setSessionCookies(c, session, key, now);
  await rememberBrowser(c, session.affiliate_id, now);
  return c.redirect("/app", 303);
}
