/** All calls of the API, in the order of the reference. */
import { accountCalls } from "../../affiliates/reference/accounts.ts";
import { affiliateCalls } from "../../affiliates/reference/affiliates.ts";
import { bulkAffiliateCalls } from "../../affiliates/reference/bulk.ts";
import { enrollmentCalls } from "../../affiliates/reference/enrollments.ts";
import { noteCalls } from "../../affiliates/reference/notes.ts";
import { announcementCalls } from "../../announcements/reference/announcements.ts";
import { applicationCalls } from "../../applications/reference/applications.ts";
import { auditCalls } from "../../audit/reference/audit.ts";
import { clickCalls } from "../../clicks/reference/clicks.ts";
import { bulkCreditCalls } from "../../conversions/reference/bulk.ts";
import { conversionCalls } from "../../conversions/reference/conversions.ts";
import { customerCalls } from "../../conversions/reference/customers.ts";
import { manualCalls } from "../../conversions/reference/manual.ts";
import { creativeCalls } from "../../creatives/reference/creatives.ts";
import { overviewCalls } from "../../insights/reference/overview.ts";
import { linkCalls } from "../../links/reference/links.ts";
import { attentionCalls } from "../../operations/reference/attention.ts";
import { operationCalls } from "../../operations/reference/operations.ts";
import { payeeCalls } from "../../payouts/reference/payees.ts";
import { runCalls } from "../../payouts/reference/runs.ts";
import { statementCalls } from "../../payouts/reference/statements.ts";
import { backupCalls } from "../../programs/reference/backups.ts";
import { domainCalls } from "../../programs/reference/domain.ts";
import { programCalls } from "../../programs/reference/programs.ts";
import { termsCalls } from "../../programs/reference/terms.ts";
import { userCalls } from "../../users/reference/users.ts";
import { checkoutCalls } from "../../webhooks/reference/checkouts.ts";
import { webhookCalls } from "../../webhooks/reference/webhooks.ts";
import type { Call } from "../layout/reference/call.ts";
import { keyCalls } from "./keys.ts";

/** Every call has one description. */
export const calls: readonly Call[] = [
  ...programCalls,
  ...domainCalls,
  ...termsCalls,
  ...overviewCalls,
  ...affiliateCalls,
  ...enrollmentCalls,
  ...noteCalls,
  ...applicationCalls,
  ...linkCalls,
  ...clickCalls,
  ...creativeCalls,
  ...announcementCalls,
  ...webhookCalls,
  ...checkoutCalls,
  ...conversionCalls,
  ...manualCalls,
  ...bulkCreditCalls,
  ...customerCalls,
  ...accountCalls,
  ...bulkAffiliateCalls,
  ...payeeCalls,
  ...runCalls,
  ...statementCalls,
  ...userCalls,
  ...keyCalls,
  ...auditCalls,
  ...attentionCalls,
  ...operationCalls,
  ...backupCalls,
];
