/** The merchants' API under /v1. Every call carries a bearer key. */
import { type Context, Hono } from "hono";
import { type Database, openDatabase } from "../db/database.ts";
import { type Env, readSettings } from "../env.ts";
import { Problem } from "../problem.ts";
import { addAccountRoutes } from "./accounts.ts";
import { addAffiliateMarkRoutes } from "./affiliate-marks.ts";
import { addAffiliateRoutes } from "./affiliates.ts";
import { addClickArchiveRoutes } from "./click-archives.ts";
import { addClickCheckRoutes } from "./click-checks.ts";
import { addConversionRoutes } from "./conversions.ts";
import { addCountRoutes } from "./counts.ts";
import { addCouponRoutes } from "./coupons.ts";
import { addCreativeRoutes } from "./creatives.ts";
import { addDeadClickRoutes } from "./dead-clicks.ts";
import { addDeliveryRoutes } from "./deliveries.ts";
import { addDisputeRoutes } from "./disputes.ts";
import { addEndpointRoutes } from "./endpoints.ts";
import { addKeyRoutes, findKeyOwner } from "./keys.ts";
import { addLinkRoutes } from "./links.ts";
import { addPayeeRoutes } from "./payees.ts";
import { addPaymentFileRoutes } from "./payment-files.ts";
import { addPayoutRoutes } from "./payouts.ts";
import { addProgramRoutes } from "./programs.ts";
import { addRebuildRoutes } from "./rebuilds.ts";
import { addReconcileRoutes } from "./reconcile.ts";
import { addStatementFileRoutes } from "./statement-files.ts";
import { addStatementRoutes } from "./statements.ts";
import { addTermsRoutes } from "./terms.ts";
import { addTouchedRoutes } from "./touched.ts";

/** What the API is given by the wiring. */
export interface AdminTools {
  /** Milliseconds since the epoch. */
  now: (request: Request) => number;
  /** Makes an edit of a link effective at once in this isolate and data centre; elsewhere it takes up to 30 seconds. */
  forgetLink: (hosts: readonly string[], slug: string) => Promise<void>;
}

/** What a call has; `key` names the key that it carries. */
interface AdminEnv {
  Bindings: Env;
  Variables: { db: Database; now: number; key: string };
}

export type AdminApp = Hono<AdminEnv>;

/** One call, as a handler has it. */
export type AdminCall = Context<AdminEnv>;

/** The routes below /v1 that need an admin key. */
export function adminRoutes(tools: AdminTools): AdminApp {
  const app: AdminApp = new Hono();
  app.use(async (c, next) => {
    const key = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
    const owner = await findKeyOwner(() => openDatabase(c.env.DB), readSettings(c.env).admin_token, key);
    if (owner === null) {
      throw new Problem(401, "admin_key_invalid", "This call needs an admin key: Authorization: Bearer <key>.");
    }
    c.set("key", owner);
    await next();
  });
  app.use(async (c, next) => {
    c.set("db", openDatabase(c.env.DB));
    c.set("now", tools.now(c.req.raw));
    await next();
    c.header("Cache-Control", "no-store");
  });
  addProgramRoutes(app);
  addRebuildRoutes(app);
  addTermsRoutes(app);
  addTouchedRoutes(app);
  addAffiliateRoutes(app);
  addAffiliateMarkRoutes(app);
  addPayeeRoutes(app);
  addPaymentFileRoutes(app);
  addStatementFileRoutes(app);
  addCouponRoutes(app);
  addCreativeRoutes(app);
  addAccountRoutes(app);
  addKeyRoutes(app);
  addPayoutRoutes(app);
  addStatementRoutes(app);
  addReconcileRoutes(app);
  addLinkRoutes(app, tools.forgetLink);
  addEndpointRoutes(app);
  addDeliveryRoutes(app);
  addConversionRoutes(app);
  addDisputeRoutes(app);
  addClickArchiveRoutes(app);
  addClickCheckRoutes(app);
  addDeadClickRoutes(app);
  addCountRoutes(app);
  return app;
}
