/** The merchants' API under /v1. */

import { Hono } from "hono";
import { addAccountRoutes } from "../affiliates/account-api.ts";
import { addAffiliateRoutes } from "../affiliates/api.ts";
import { addAffiliateChangeRoutes } from "../affiliates/change-api.ts";
import { addCouponRoutes } from "../affiliates/coupon-api.ts";
import { addEnrollmentBulkRoutes } from "../affiliates/enrollment-bulk-api.ts";
import { addEnrollmentListRoutes } from "../affiliates/enrollment-list-api.ts";
import { addAffiliateMarkRoutes } from "../affiliates/identifier-api.ts";
import { addNoteRoutes } from "../affiliates/note-api.ts";
import { addOwnRatesRoutes } from "../affiliates/own-rates-api.ts";
import { addApplicationRoutes } from "../applications/api.ts";
import { addApplicationFormRoutes } from "../applications/form-api.ts";
import { addInvitationRoutes } from "../applications/invitation-api.ts";
import { addAuditRoutes } from "../audit/api.ts";
import { addClickArchiveRoutes } from "../clicks/archive/api.ts";
import { addCountRoutes } from "../clicks/counts/api.ts";
import { addClickCheckRoutes } from "../clicks/counts/count-check-api.ts";
import { addDeadClickRoutes } from "../clicks/dead-clicks/api.ts";
import { addConversionRoutes } from "../conversions/api.ts";
import { addCustomerRoutes } from "../conversions/customers/api.ts";
import { addDisputeRoutes } from "../conversions/dispute-api.ts";
import { addCreditRoutes } from "../conversions/manual/credit-api.ts";
import { addCreditPreviewRoutes } from "../conversions/manual/credit-preview-api.ts";
import { addManualSaleRoutes } from "../conversions/manual/sale-api.ts";
import { addProductRoutes } from "../conversions/product-api.ts";
import { addSettlementRoutes } from "../conversions/settlement-api.ts";
import { addTouchedRoutes } from "../conversions/touched-api.ts";
import { addCreativeRoutes } from "../creatives/api.ts";
import { openDatabase } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { addProgramOverviewRoutes } from "../insights/api.ts";
import { Problem } from "../lib/problem.ts";
import { isInsecure, TRANSPORT_SECURITY } from "../lib/transport-security.ts";
import { addLinkRoutes } from "../links/api.ts";
import { addStatusRoutes } from "../operations/api.ts";
import { addAttentionRoutes } from "../operations/attention-api.ts";
import { addPaymentFileRoutes } from "../payouts/files/api.ts";
import { addManualPaymentRoutes } from "../payouts/files/manual-payment-api.ts";
import { addPayeeRoutes } from "../payouts/payees/api.ts";
import { addReconcileRoutes } from "../payouts/reconciliation-api.ts";
import { addPayoutRoutes } from "../payouts/runs/api.ts";
import { addStatementRoutes } from "../payouts/statements/api.ts";
import { addStatementFileRoutes } from "../payouts/statements/file-api.ts";
import { addReminderRoutes } from "../payouts/statements/reminder-api.ts";
import { addProgramRoutes } from "../programs/api.ts";
import { addBackupRoutes } from "../programs/backups/api.ts";
import { addDomainRoutes } from "../programs/domain-api.ts";
import { addGroupRoutes } from "../programs/group-api.ts";
import { addRebuildRoutes } from "../programs/rebuild-api.ts";
import { addTermsRoutes } from "../programs/terms-api.ts";
import type { Actor } from "../users/actor.ts";
import { addUserRoutes } from "../users/api.ts";
import { findActorOfKey } from "../users/key-queries.ts";
import { addDeliveryRoutes } from "../webhooks/deliveries/api.ts";
import { addEndpointRoutes } from "../webhooks/endpoint-api.ts";
import { addTestSaleRoutes } from "../webhooks/receive/test-sale-api.ts";
import { addKeyRoutes } from "./key-api.ts";
import { refuseUnknownQuery } from "./layout/allow-query.ts";
import type { ApiApp, ApiCall, ApiTools } from "./layout/api-app.ts";
import { replayCalls } from "./layout/idempotent-calls.ts";
import { findInternalCaller } from "./layout/internal-caller.ts";
import { refuseForbidden } from "./layout/permit.ts";

/** The routes below /v1. Each call needs an API key, unless the console makes it. */
export function apiRoutes(tools: ApiTools): ApiApp {
  const app: ApiApp = new Hono();
  app.use(async (c, next) => {
    if (isInsecure(c.req.url, new URL(c.req.url).hostname)) {
      const detail = "Call the API over https. If this call had an API key, replace it: it was sent unencrypted.";
      throw new Problem(403, "https_required", detail);
    }
    const actor = findInternalCaller(c.req.raw) ?? (await requireKey(c));
    // Of a session without a key, the user takes the key's place.
    c.set("key", actor.key_id ?? actor.user_id ?? "");
    c.set("actor", actor);
    await refuseForbidden(c);
    refuseUnknownQuery(c);
    await next();
  });
  app.use(async (c, next) => {
    c.set("db", openDatabase(c.env.DB));
    c.set("now", tools.now(c.req.raw));
    await next();
    c.header("Cache-Control", "no-store");
    c.header("Strict-Transport-Security", TRANSPORT_SECURITY);
  });
  app.use(replayCalls);
  addProgramRoutes(app);
  addRebuildRoutes(app);
  addBackupRoutes(app);
  addDomainRoutes(app);
  addTermsRoutes(app);
  addGroupRoutes(app);
  addTouchedRoutes(app);
  addCustomerRoutes(app);
  addAffiliateRoutes(app);
  addAffiliateChangeRoutes(app);
  addEnrollmentListRoutes(app);
  addEnrollmentBulkRoutes(app);
  addOwnRatesRoutes(app);
  addApplicationFormRoutes(app);
  addApplicationRoutes(app, tools.links);
  addInvitationRoutes(app);
  addNoteRoutes(app);
  addAffiliateMarkRoutes(app);
  addPayeeRoutes(app);
  addPaymentFileRoutes(app);
  addManualPaymentRoutes(app);
  addStatementFileRoutes(app);
  addReminderRoutes(app);
  addCouponRoutes(app);
  addCreativeRoutes(app);
  addAccountRoutes(app);
  addUserRoutes(app);
  addKeyRoutes(app);
  addAuditRoutes(app);
  addPayoutRoutes(app);
  addStatementRoutes(app);
  addReconcileRoutes(app);
  addLinkRoutes(app, tools.links);
  addEndpointRoutes(app);
  addTestSaleRoutes(app);
  addDeliveryRoutes(app);
  addConversionRoutes(app);
  addDisputeRoutes(app);
  addCreditRoutes(app);
  addCreditPreviewRoutes(app);
  addManualSaleRoutes(app);
  addSettlementRoutes(app);
  addProductRoutes(app);
  addClickArchiveRoutes(app);
  addClickCheckRoutes(app);
  addDeadClickRoutes(app);
  addCountRoutes(app);
  addProgramOverviewRoutes(app);
  addAttentionRoutes(app);
  addStatusRoutes(app);
  return app;
}

async function requireKey(c: ApiCall): Promise<Actor> {
  const key = /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
  const actor = await findActorOfKey(() => openDatabase(c.env.DB), readSettings(c.env).admin_token, key);
  if (actor !== null) return actor;
  const fault = key === "" ? "This call needs an API key" : "This API key isn't valid, or was revoked";
  throw new Problem(401, "admin_key_invalid", `${fault}: send \`Authorization: Bearer <key>\`.`);
}
