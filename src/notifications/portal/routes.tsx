/** Notification settings on `/app/account`, and `/app/unsubscribe` for the links in emails. */
import type { Hono } from "hono";
import * as v from "valibot";
import { openDatabase } from "../../db/database.ts";
import { readSettings } from "../../env.ts";
import { Problem } from "../../lib/problem.ts";
import { importTokenKeys } from "../../lib/signed-text.ts";
import { parseFields } from "../../lib/validation.ts";
import { type Portal, type PortalContext, readReader, show, signedIn } from "../../portal/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { SALES_CHOICES } from "../choices.ts";
import { readReach, saveChoices, unsubscribe } from "../notification-store.ts";
import { canNotify } from "../send-job.ts";
import { readUnsubscribeToken } from "../unsubscribe-token.ts";
import {
  InvalidUnsubscribePage,
  type NotificationState,
  NotSavedPage,
  UnsubscribedPage,
  UnsubscribePage,
} from "./notifications.tsx";

const settingsForm = v.object({
  sales: v.picklist(SALES_CHOICES, "must be one of the options"),
  payouts: v.picklist(["yes", "no"], "must be one of the options"),
});

/** These need only the token: one-click unsubscribe in a mail client has no session and no origin (RFC 8058). */
export function addUnsubscribeRoutes(app: Hono<Portal>): void {
  // Scanners and previews open links, so only the button unsubscribes.
  app.get("/unsubscribe", (c) => {
    const token = c.req.query("token") ?? "";
    if (readAffiliateId(c, token) === null) return showInvalidLink(c);
    return show(c, 200, "Unsubscribe", <UnsubscribePage token={token} />);
  });

  app.post("/unsubscribe", async (c) => {
    const affiliateId = readAffiliateId(c, c.req.query("token") ?? "");
    if (affiliateId === null) return showInvalidLink(c);
    await unsubscribe(openDatabase(c.env.DB), affiliateId, c.var.now);
    return show(c, 200, "Unsubscribed", <UnsubscribedPage />);
  });
}

function showInvalidLink(c: PortalContext) {
  return show(c, 403, "Invalid unsubscribe link", <InvalidUnsubscribePage />);
}

function readAffiliateId(c: PortalContext, token: string): number | null {
  return readUnsubscribeToken(importTokenKeys(readSettings(c.env).token_keys), token);
}

/** The form on the account page. */
export function addNotificationRoutes(app: Hono<Portal>): void {
  app.post("/account/notifications", async (c) => {
    const { affiliate, db } = signedIn(c);
    if (!canNotify(c.env)) return c.redirect("/app/account", 303);
    const fields = await readFormFields(c);
    try {
      const { sales, payouts } = parseFields(settingsForm, fields);
      const { zone } = readReader(c);
      const choices = { sales, payouts: payouts === "yes", zone: zone === "UTC" ? null : zone };
      await saveChoices(db, affiliate, choices, c.var.now);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return show(c, 422, "Not saved", <NotSavedPage error={error.message} />);
    }
    return c.redirect("/app/account?done=notified", 303);
  });
}

/** The settings that the account page shows. */
export async function readNotificationState(c: PortalContext): Promise<NotificationState> {
  const { affiliate, db } = signedIn(c);
  const { email, choices } = await readReach(db, affiliate.id);
  return { can_send: canNotify(c.env), email, choices, zone: readReader(c).zone };
}
