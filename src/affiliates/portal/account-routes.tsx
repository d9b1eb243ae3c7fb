/** `/app/account`: payout method, sessions, time zone and the data export. */
import { eq } from "drizzle-orm";
import type { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { readSettings } from "../../env.ts";
import { Problem } from "../../lib/problem.ts";
import { parseAllFields } from "../../lib/validation.ts";
import { readNotificationState } from "../../notifications/portal/routes.tsx";
import { readOfferedMethods } from "../../payouts/payees/offered-method-queries.ts";
import { changePayee, erasePayee, readPayee } from "../../payouts/payees/payee-store.ts";
import { paymentDetails } from "../../payouts/payees/payment-details.ts";
import { isCountry } from "../../payouts/portal/countries.ts";
import { sendPayeeEmail } from "../../payouts/portal/payee-email-store.ts";
import { parsePaymentForm, type RejectedPaymentForm, rejectPaymentForm } from "../../payouts/portal/payment-form.ts";
import { auditActorOf } from "../../portal/layout/audit-actor.ts";
import { CHOSEN_ZONE_COOKIE, type Portal, type PortalContext, show, signedIn } from "../../portal/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { clearSessionCookies } from "../../portal/layout/sign-in/session-store.ts";
import { canSendEmail } from "../../portal/layout/sign-in/sign-in-email-store.ts";
import { endAllSessions } from "../../portal/layout/sign-in/sign-in-store.ts";
import { isListedTimeZone } from "../../portal/layout/time-zones.ts";
import { affiliates } from "../tables.ts";
import { AccountPage } from "./account-page.tsx";
import { streamText, writeDataExport } from "./data-export-routes.ts";
import { addEmailFormRoute } from "./email-change-routes.tsx";

/** Confirmations by the value of `?done=`. */
const CONFIRMATIONS = {
  saved: "Payout method saved.",
  erased: "Payout method removed.",
  notified: "Notifications saved.",
  zone: "Time zone saved.",
  email: "We’ve sent a link to both addresses. Your email address changes once you have confirmed it at both.",
} as const;

const ZONE_ATTRIBUTES = { path: "/app", secure: true, httpOnly: true, sameSite: "Lax" } as const;
/** 400 days, the most that browsers allow. */
const ZONE_MAX_AGE_SECONDS = 34_560_000;

export function addAccountRoutes(app: Hono<Portal>): void {
  app.get("/account", (c) => showAccount(c));

  app.post("/account", async (c) => {
    const { affiliate, db } = signedIn(c);
    const fields = await readFormFields(c);
    try {
      const details = parseAllFields(paymentDetails, parsePaymentForm(fields));
      const { vault_key, payout_details_wait_days } = readSettings(c.env);
      const audit = { by: auditActorOf(affiliate), username: affiliate.username };
      const change = { affiliate_id: affiliate.id, details, by: "affiliate", audit } as const;
      const changed = await changePayee(db, vault_key, change, c.var.now);
      c.executionCtx.waitUntil(sendPayeeEmail(c.env, affiliate.id, changed, payout_details_wait_days));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return showAccount(c, { rejected: rejectPaymentForm(fields, error) });
    }
    return c.redirect("/app/account?done=saved", 303);
  });

  addEmailFormRoute(app);

  app.post("/account/erase", async (c) => {
    const { affiliate, db } = signedIn(c);
    const audit = { by: auditActorOf(affiliate), username: affiliate.username };
    const change = { affiliate_id: affiliate.id, by: "affiliate", audit } as const;
    const erased = await erasePayee(db, readSettings(c.env).vault_key, change, c.var.now);
    c.executionCtx.waitUntil(sendPayeeEmail(c.env, affiliate.id, erased, 0));
    return c.redirect("/app/account?done=erased", 303);
  });

  app.post("/account/sign-out-everywhere", async (c) => {
    const { affiliate, db } = signedIn(c);
    await endAllSessions(db, affiliate, c.var.now);
    clearSessionCookies(c);
    return c.redirect("/app/sign-in?done=everywhere", 303);
  });

  app.post("/account/zone", async (c) => {
    const { zone = "" } = await readFormFields(c);
    if (zone === "") deleteCookie(c, CHOSEN_ZONE_COOKIE, ZONE_ATTRIBUTES);
    else if (isListedTimeZone(zone))
      setCookie(c, CHOSEN_ZONE_COOKIE, zone, { ...ZONE_ATTRIBUTES, maxAge: ZONE_MAX_AGE_SECONDS });
    else return showAccount(c, { zone_error: "Choose a time zone from the list." });
    return c.redirect("/app/account?done=zone", 303);
  });

  app.get("/account/data.json", (c) => {
    const { affiliate, db } = signedIn(c);
    const text = writeDataExport(db, readSettings(c.env).vault_key, affiliate.id, c.var.now);
    return c.body(streamText(text), 200, {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": `attachment; filename="${affiliate.username}-data.json"`,
    });
  });
}

/** The account page, with a rejected form if there is one. */
async function showAccount(
  c: PortalContext,
  { rejected = null, zone_error = null }: { rejected?: RejectedPaymentForm | null; zone_error?: string | null } = {},
): Promise<Response> {
  const { affiliate, db } = signedIn(c);
  const { now } = c.var;
  const [payee, programs, notifications, account, can_change] = await Promise.all([
    readPayee(db, readSettings(c.env).vault_key, affiliate.id),
    readOfferedMethods(db, affiliate.id, now),
    readNotificationState(c),
    db.select({ email: affiliates.email }).from(affiliates).where(eq(affiliates.id, affiliate.id)).get(),
    canSendEmail(c.env),
  ]);
  const { bank = "" } = c.req.query();
  const done = Object.entries(CONFIRMATIONS).find(([name]) => name === c.req.query("done"))?.[1] ?? null;
  const page = (
    <AccountPage
      {...{ payee, programs, notifications, rejected }}
      bank_country={isCountry(bank) ? bank : null}
      email={{ email: account?.email ?? "", can_change }}
      confirmation={rejected === null ? done : null}
      time_zone={{ chosen: getCookie(c, CHOSEN_ZONE_COOKIE) ?? null, now, error: zone_error }}
    />
  );
  const isAccepted = rejected === null && zone_error === null;
  return show(c, isAccepted ? 200 : rejected?.status === 429 ? 429 : 422, "Account", page);
}
