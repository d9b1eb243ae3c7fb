/** `/app/account`: how the affiliate is paid, and what the merchant has received of it. */
import type { Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { readSettings } from "../../env.ts";
import { Problem } from "../../lib/problem.ts";
import { parseFields } from "../../lib/validation.ts";
import { readNotificationState } from "../../notifications/portal/routes.tsx";
import { readOfferedMethods } from "../../payouts/payees/offered-method-queries.ts";
import { changePayee, erasePayee, readPayee } from "../../payouts/payees/payee-store.ts";
import { paymentDetails } from "../../payouts/payees/payment-details.ts";
import { type Attempt, type FormFields, readPaymentForm } from "../../payouts/portal/payment-form.ts";
import {
  CHOSEN_ZONE_COOKIE,
  type PageTools,
  type Portal,
  type PortalContext,
} from "../../portal/layout/page-tools.tsx";
import { clearSessionCookies } from "../../portal/layout/sign-in/session-store.ts";
import { endAllSessions } from "../../portal/layout/sign-in/sign-in-store.ts";
import { isOffered } from "../../portal/layout/zones.ts";
import { AccountPage } from "./account-page.tsx";
import { streamText, writeOwnData } from "./data-export-routes.ts";

/** What a page after a change says. */
const DONE = {
  saved: "Your payment details are saved.",
  erased: "Your payment details are erased.",
  notified: "Your notifications are saved.",
  zone: "Times are in the zone that you have chosen.",
} as const;

const ZONE_ATTRIBUTES = { path: "/app", secure: true, httpOnly: true, sameSite: "Lax" } as const;
/** As long as browsers keep any cookie. */
const ZONE_MAX_AGE_SECONDS = 34_560_000;

export function addAccountRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.get("/account", (c) => showAccount(c, tools, null));

  app.post("/account", async (c) => {
    const { affiliate, db } = tools.signedIn(c);
    const fields = await readFields(c);
    try {
      const details = parseFields(paymentDetails, readPaymentForm(fields));
      const { vault_key } = readSettings(c.env);
      await changePayee(db, vault_key, { affiliate_id: affiliate.id, details, by: "affiliate" }, tools.now(c.req.raw));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return showAccount(c, tools, { fields, field: error.field, fault: error.message, status: error.status });
    }
    return c.redirect("/app/account?done=saved", 303);
  });

  app.post("/account/erase", async (c) => {
    const { affiliate, db } = tools.signedIn(c);
    await erasePayee(db, readSettings(c.env).vault_key, affiliate.id, "affiliate", tools.now(c.req.raw));
    return c.redirect("/app/account?done=erased", 303);
  });

  app.post("/account/sign-out-everywhere", async (c) => {
    const { affiliate, db } = tools.signedIn(c);
    await endAllSessions(db, affiliate.id);
    clearSessionCookies(c);
    return c.redirect("/app/sign-in?done=everywhere", 303);
  });

  app.post("/account/zone", async (c) => {
    const { zone = "" } = await readFields(c);
    if (zone === "") deleteCookie(c, CHOSEN_ZONE_COOKIE, ZONE_ATTRIBUTES);
    else if (isOffered(zone))
      setCookie(c, CHOSEN_ZONE_COOKIE, zone, { ...ZONE_ATTRIBUTES, maxAge: ZONE_MAX_AGE_SECONDS });
    else return showAccount(c, tools, null, "That is none of the time zones, such as Europe/Berlin.");
    return c.redirect("/app/account?done=zone", 303);
  });

  app.get("/account/data.json", (c) => {
    const { affiliate, db } = tools.signedIn(c);
    const now = tools.now(c.req.raw);
    const text = writeOwnData(db, readSettings(c.env).vault_key, affiliate.id, now);
    return c.body(streamText(text), 200, {
      "Content-Type": "application/json; charset=utf-8",
      "Content-Disposition": `attachment; filename="${affiliate.username}-data.json"`,
    });
  });
}

/** Files are no fields of this form. */
async function readFields(c: PortalContext): Promise<FormFields> {
  const body = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

async function showAccount(
  c: PortalContext,
  tools: PageTools,
  attempt: Attempt | null,
  zoneFault: string | null = null,
): Promise<Response> {
  const { affiliate, db } = tools.signedIn(c);
  const now = tools.now(c.req.raw);
  const [payee, programs, notifications] = await Promise.all([
    readPayee(db, readSettings(c.env).vault_key, affiliate.id),
    readOfferedMethods(db, affiliate.id, now),
    readNotificationState(c, tools),
  ]);
  const done = Object.entries(DONE).find(([name]) => name === c.req.query("done"))?.[1] ?? null;
  const page = (
    <AccountPage
      payee={payee}
      programs={programs}
      notifications={notifications}
      attempt={attempt}
      done={attempt === null ? done : null}
      zone={{ chosen: getCookie(c, CHOSEN_ZONE_COOKIE) ?? null, now, fault: zoneFault }}
    />
  );
  const isFine = attempt === null && zoneFault === null;
  return tools.show(c, isFine ? 200 : attempt?.status === 429 ? 429 : 422, "Your account", page);
}
