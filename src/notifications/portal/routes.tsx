/** What an affiliate is told by e-mail: chosen on `/app/account`, ended at `/app/unsubscribe` by whoever holds a letter. */
import type { Hono } from "hono";
import * as v from "valibot";
import { openDatabase } from "../../db/database.ts";
import { readSettings } from "../../env.ts";
import { Problem } from "../../lib/problem.ts";
import { importTokenKeys } from "../../lib/signed-text.ts";
import { parseFields } from "../../lib/validation.ts";
import { type PageTools, type Portal, type PortalContext, readReaderOf } from "../../portal/layout/page-tools.tsx";
import { SALES_CHOICES } from "../choices.ts";
import { endLetters, readReach, saveChoices } from "../notification-store.ts";
import { canNotify } from "../send-job.ts";
import { readUnsubscribeToken } from "../unsubscribe-token.ts";
import { EndedPage, EndPage, NoSuchLetterPage, NotChosenPage, type NotificationState } from "./notifications.tsx";

const chosen = v.object({
  sales: v.picklist(SALES_CHOICES, "is none of the choices"),
  payouts: v.picklist(["yes", "no"], "is none of the choices"),
});

/** Without a session or a same origin: a mail program's press of a button has neither (RFC 8058), the token is enough. */
export function addUnsubscribeRoutes(app: Hono<Portal>, { now, show }: Pick<PageTools, "now" | "show">): void {
  // Scanners and previews follow links; only a press of the button ends anything.
  app.get("/unsubscribe", (c) => {
    const token = c.req.query("token") ?? "";
    if (affiliateOf(c, token) === null) return show(c, 403, "Not a link of ours", <NoSuchLetterPage />);
    return show(c, 200, "No more letters?", <EndPage token={token} />);
  });

  app.post("/unsubscribe", async (c) => {
    const affiliateId = affiliateOf(c, c.req.query("token") ?? "");
    if (affiliateId === null) return show(c, 403, "Not a link of ours", <NoSuchLetterPage />);
    await endLetters(openDatabase(c.env.DB), affiliateId, now(c.req.raw));
    return show(c, 200, "No more letters", <EndedPage />);
  });
}

function affiliateOf(c: PortalContext, token: string): number | null {
  return readUnsubscribeToken(importTokenKeys(readSettings(c.env).token_keys), token);
}

/** The form of the account's page. */
export function addNotificationRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.post("/account/notifications", async (c) => {
    const { affiliate, db } = tools.signedIn(c);
    if (!canNotify(c.env)) return c.redirect("/app/account", 303);
    try {
      const { sales, payouts } = parseFields(chosen, await c.req.parseBody());
      const { zone } = readReaderOf(c);
      const choices = { sales, payouts: payouts === "yes", zone: zone === "UTC" ? null : zone };
      await saveChoices(db, affiliate.id, choices, tools.now(c.req.raw));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return tools.show(c, 422, "Not saved", <NotChosenPage fault={error.message} />);
    }
    return c.redirect("/app/account?done=notified", 303);
  });
}

/** What the account's page shows of it. */
export async function readNotificationState(c: PortalContext, tools: PageTools): Promise<NotificationState> {
  const { affiliate, db } = tools.signedIn(c);
  const { email, choices } = await readReach(db, affiliate.id);
  return { can_send: canNotify(c.env), email, choices, zone: readReaderOf(c).zone };
}
