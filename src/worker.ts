/** Wiring only: which stage or surface answers a request, a message or a cron, and where its output goes. */

import { Hono } from "hono";
import { deleteOldEmailChanges } from "./affiliates/email-change-store.ts";
import type { ApiApp } from "./api/layout/api-app.ts";
import { deleteOldResponses } from "./api/layout/idempotent-calls.ts";
import { apiRoutes } from "./api/routes.ts";
import { deleteOldApplications } from "./applications/application-store.ts";
import { endInactiveEnrollments } from "./applications/inactive-job.ts";
import { projectAuditEntry } from "./audit/audit-store.ts";
import { applyRetention } from "./clicks/archive/retention-job.ts";
import { consumeClicks } from "./clicks/click-consumer.ts";
import { ClickPacker, type ClickSink } from "./clicks/click-producer.ts";
import { recordClicks } from "./clicks/click-store.ts";
import { checkNightly } from "./clicks/counts/count-check-job.ts";
import { sumProgramDays } from "./clicks/counts/program-day-store.ts";
import { consumeDeadClicks } from "./clicks/dead-clicks/dead-click-consumer.ts";
import { deleteOldDeadClicks, oldestStorableTime } from "./clicks/dead-clicks/dead-click-store.ts";
import { ThrottledHitCounter } from "./clicks/throttled-hit-producer.ts";
import { recordThrottledHits } from "./clicks/throttled-hit-store.ts";
import { accountKeyOf } from "./commissions/ledger.ts";
import type { AccountMessage } from "./commissions/messages.ts";
import { projectEntry } from "./commissions/projection-store.ts";
import { deleteOldUserSessions } from "./console/layout/sign-in-store.ts";
import { consoleRoutes } from "./console/routes.tsx";
import { finishErasures } from "./conversions/customers/erasure-job.ts";
import { DecidingCustomerObject } from "./customers/deciding-customer-object.ts";
import type { CustomerPeer } from "./customers/mergeable-customer-object.ts";
import type { DownstreamMessage } from "./customers/messages.ts";
import { projectConversion } from "./customers/projection-store.ts";
import { openDatabase } from "./db/database.ts";
import { answerOpenApi, docsRoutes } from "./docs/routes.ts";
import { type Env, readSettings } from "./env.ts";
import { matchCreditedClicks, recordCreditedClick, retryCreditedClicks } from "./insights/credited-click-store.ts";
import { networkKeyOf } from "./lib/network.ts";
import { listMethods } from "./lib/platform/allowed-methods.ts";
import { logError } from "./lib/platform/log.ts";
import { toProblemResponse } from "./lib/platform/problem-response.ts";
import { createRequestId, withRequestId } from "./lib/platform/request-id.ts";
import { Problem } from "./lib/problem.ts";
import { importTokenKeys } from "./lib/signed-text.ts";
import { isInsecure, redirectToHttps } from "./lib/transport-security.ts";
import { firstSegment, RESERVED_SEGMENTS } from "./links/slug.ts";
import { notePayout, noteSale } from "./notifications/note-store.ts";
import { deleteOldNotifications } from "./notifications/notification-store.ts";
import { canNotify, sendEmails } from "./notifications/send-job.ts";
import { checkStatus } from "./operations/alert-job.ts";
import { checkHealth } from "./operations/health-handler.ts";
import { sweepObjects } from "./operations/sweep-job.ts";
import type { StatementMessage } from "./payouts/account-messages.ts";
import { hashOldAccounts } from "./payouts/payees/payee-store.ts";
import { PayingAccountObject } from "./payouts/paying-account-object.ts";
import { draftDueRuns, workRuns } from "./payouts/runs/run-job.ts";
import { projectStatement } from "./payouts/statements/projection-store.ts";
import { deleteOldSessions } from "./portal/layout/sign-in/sign-in-store.ts";
import { portalRoutes } from "./portal/routes.tsx";
import { type Address, readAddress } from "./redirect/address.ts";
import { CLICK_ID_RANDOM_BYTES, type Click } from "./redirect/click.ts";
import type { FollowedLink } from "./redirect/follow-link.ts";
import { handleRedirect } from "./redirect/handle-redirect.ts";
import { deleteOldVisitorKeys } from "./redirect/link-queries.ts";
import { LinkResolver } from "./redirect/link-resolver.ts";
import { NetworkLimit } from "./redirect/network-limit-cache.ts";
import { deleteOldDeliveries } from "./webhooks/deliveries/retention-store.ts";
import { retryDueDeliveries } from "./webhooks/deliveries/retry-job.ts";
import { finishMerges } from "./webhooks/identity/merge-job.ts";
import type { Relayed } from "./webhooks/identity/unrelayed-store.ts";
import { webhookRoutes } from "./webhooks/receive/routes.ts";

/** The Worker's clock and randomness. The demo passes a clock that runs in the past. */
export interface Platform {
  /** The time of a request, in milliseconds since the epoch. */
  now: (request: Request) => number;
  /** Random bytes for a click id. */
  random: (bytes: number, request: Request) => Uint8Array;
}

/** The real clock and randomness. */
export const SYSTEM: Platform = {
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
};

/** The object per customer; it sends to D1 and to the accounts. */
export class Customer extends DecidingCustomerObject {
  protected override async deliver(message: DownstreamMessage, relayed: Relayed | null): Promise<void> {
    const db = openDatabase(this.env.DB);
    if (message.to === "audit") await projectAuditEntry(db, message);
    else if (message.to === "reports") {
      const { record } = message;
      const alongside = [...recordCreditedClick(db, record), ...noteSale(db, record, notificationTime(this.env))];
      await projectConversion(db, record, relayed, alongside);
    } else await this.env.ACCOUNTS.getByName(accountKeyOf(message.sale)).post(message.sale);
  }

  protected override peer(key: string): CustomerPeer {
    return this.env.CUSTOMERS.getByName(key);
  }
}

/** The object per affiliate and program; it sends to D1 and to the sponsor's account. */
export class Account extends PayingAccountObject {
  protected override async deliver(message: AccountMessage | StatementMessage): Promise<void> {
    const db = openDatabase(this.env.DB);
    if (message.to === "statements") {
      const alongside = notePayout(db, message.statement, notificationTime(this.env));
      return projectStatement(db, message.statement, alongside);
    }
    if (message.to === "reports") return projectEntry(db, message.entry);
    if (message.to === "audit") return projectAuditEntry(db, message);
    const { sponsor_id, sale } = message.sponsored;
    const account = { program_id: sale.program_id, affiliate_id: sponsor_id };
    await this.env.ACCOUNTS.getByName(accountKeyOf(account)).postOverride(message.sponsored);
  }
}

/** When a projected record becomes a notification, in ms; null if notifications can't be sent. */
function notificationTime(env: Env): number | null {
  return canNotify(env) ? Date.now() : null;
}

/** Payment details of earlier releases that an hourly run hashes. */
const OLD_ACCOUNTS_A_RUN = 200;

/** The hour, UTC, of the daily tasks. */
const DAILY_TASKS_HOUR = 3;

/** The cron that is not the hourly one. */
const EVERY_MINUTE = "* * * * *";

/** The suffix of the dead-letter queue's name; the other queue carries clicks. */
const DEAD_LETTER_SUFFIX = "-dead";

/** Answered over http: what machines call, which may not follow a redirect. The API itself refuses calls over http. */
const OPEN_OVER_HTTP: ReadonlySet<string> = new Set([
  "v1",
  "api",
  "healthz",
  "robots.txt",
  "favicon.ico",
  ".well-known",
]);

/** Crawlers may follow links, or a shared link has no preview card. A slug may begin like a closed path, such as `/apps`. */
const ROBOTS = ["User-agent: *", ...["/app", "/admin", "/v1"].flatMap(closeToCrawlers), ""].join("\n");

function closeToCrawlers(path: string): string[] {
  return [`Disallow: ${path}$`, `Disallow: ${path}/`, `Disallow: ${path}?`];
}

/** We honor Global Privacy Control; its specification requires this file. */
const GPC_SUPPORT = { gpc: true, lastUpdate: "2026-11-20" };

/** What the requests of an isolate share: values only, no promises. */
interface Shared {
  platform: Platform;
  links: LinkResolver;
  clicks: ClickPacker;
  /** Hits that a network may have logged; further ones are only counted. */
  logged_hits: NetworkLimit;
  throttled: ThrottledHitCounter;
}

/** A large office behind one address stays below. */
const LOGGED_HITS = { burst: 300, per_minute: 60 };

/** The Worker's handlers. */
export function createWorker(platform: Platform): ExportedHandler<Env, unknown> {
  const shared: Shared = {
    platform,
    links: new LinkResolver(),
    clicks: new ClickPacker(),
    logged_hits: new NetworkLimit(LOGGED_HITS),
    throttled: new ThrottledHitCounter(),
  };
  const pages = createPages(shared);
  return {
    fetch(request, env, ctx) {
      const address = readAddress(request.url);
      const segment = firstSegment(address.path);
      // Browsers say only to secure origins how a request came about (Sec-Fetch-*), and store our cookies only from them.
      if (isInsecure(request.url, address.hostname) && !OPEN_OVER_HTTP.has(segment))
        return redirectToHttps(request.url);
      if (segment === "" || RESERVED_SEGMENTS.has(segment)) return pages.fetch(request, env, ctx);
      return redirect(request, address, env, ctx, shared);
    },
    async queue(batch, env) {
      if (batch.queue.endsWith(DEAD_LETTER_SUFFIX)) {
        const oldest_at = oldestStorableTime(Date.now(), readSettings(env).click_retention_days);
        await consumeDeadClicks(batch, openDatabase(env.DB), oldest_at);
        return;
      }
      await consumeClicks(batch, env.DB, (clicks) => env.DEAD_CLICKS.send(clicks));
      const messages = batch.messages.map(({ body }) => body);
      await matchCreditedClicks(openDatabase(env.DB), messages);
    },
    async scheduled(event, env) {
      const { scheduledTime, cron } = event;
      if (cron === EVERY_MINUTE) {
        return settleAll("minute_task_failed", {
          deliveries: retryDueDeliveries(env, scheduledTime),
          merges: finishMerges(env),
          erasures: finishErasures(env),
          sweep: sweepObjects(env, scheduledTime),
          credited_clicks: retryCreditedClicks(openDatabase(env.DB), scheduledTime),
          payout_runs: workRuns(env, scheduledTime),
          emails: sendEmails(env, scheduledTime),
          status: checkStatus(env, scheduledTime),
        });
      }
      const db = openDatabase(env.DB);
      const isDaily = new Date(scheduledTime).getUTCHours() === DAILY_TASKS_HOUR;
      await settleAll("hourly_task_failed", {
        visitor_keys: deleteOldVisitorKeys(db, scheduledTime),
        sessions: deleteOldSessions(db, scheduledTime),
        applications: deleteOldApplications(db, scheduledTime),
        email_changes: deleteOldEmailChanges(db, scheduledTime),
        inactive_enrollments: endInactiveEnrollments(db, scheduledTime),
        user_sessions: deleteOldUserSessions(db, scheduledTime),
        idempotent_calls: deleteOldResponses(db, scheduledTime),
        ...(isDaily && { notifications: deleteOldNotifications(db, scheduledTime) }),
        dead_clicks: cleanUpDeadClicks(env, scheduledTime),
        deliveries: deleteOldDeliveries(db, scheduledTime),
        click_log: maintainClickLog(env, scheduledTime),
        program_days: sumProgramDays(env.DB, scheduledTime),
        payout_runs: draftDueRuns(env, scheduledTime),
        payees: hashOldAccounts(db, readSettings(env).vault_key, OLD_ACCOUNTS_A_RUN),
      });
    },
  };
}

/** Waits for tasks, none of which stops another, and logs which ones failed. */
async function settleAll(event: string, tasks: Readonly<Record<string, Promise<unknown>>>): Promise<void> {
  const work = Object.entries(tasks).map(([task, done]) => done.catch((error) => logError(event, { task, error })));
  await Promise.all(work);
}

async function cleanUpDeadClicks(env: Env, now: number): Promise<void> {
  await deleteOldDeadClicks(openDatabase(env.DB), now, readSettings(env).click_retention_days);
}

/** The check runs before the archive, so that no click moves while its day is checked. */
async function maintainClickLog(env: Env, now: number): Promise<void> {
  const { click_retention_days: retention_days } = readSettings(env);
  const store = { db: env.DB, bucket: env.ARCHIVE };
  if (new Date(now).getUTCHours() === DAILY_TASKS_HOUR)
    await checkNightly({ ...store, mend: false }, { retention_days, now });
  await applyRetention({ ...store, retention_days, now });
}

/** The hot path: no router, no middleware and, while the link is warm, no storage. */
function redirect(
  request: Request,
  address: Address,
  env: Env,
  execution: ExecutionContext,
  shared: Shared,
): Response | Promise<Response> {
  try {
    const settings = readSettings(env);
    const ip = request.headers.get("cf-connecting-ip");
    const network = ip === null ? null : networkKeyOf(ip);
    const followed = handleRedirect(request, address, {
      links: shared.links,
      db: env.DB,
      execution,
      keys: importTokenKeys(settings.token_keys),
      now: shared.platform.now(request),
      random: shared.platform.random(CLICK_ID_RANDOM_BYTES, request),
      network,
    });
    return followed instanceof Promise
      ? followed.then((result) => logClick(result, network, shared, env, execution)).catch(toProblemResponse)
      : logClick(followed, network, shared, env, execution);
  } catch (error) {
    return toProblemResponse(error);
  }
}

/**
 * Hands the click to the queue or D1 in the background, and returns the response. Of a network that sends too many, hits are
 * answered like any others, and only their number is stored.
 */
function logClick(
  { response, click }: FollowedLink,
  network: string | null,
  { clicks, logged_hits, throttled }: Shared,
  env: Env,
  execution: ExecutionContext,
): Response {
  if (click === null) return response;
  const sent =
    network === null || logged_hits.take(network, click.at)
      ? clicks.log(click, sinkOf(env))
      : throttled.count(click, (hits) => recordThrottledHits(env.DB, hits));
  if (sent !== null) execution.waitUntil(sent);
  return response;
}

function sinkOf(env: Env): ClickSink {
  const toQueue = (pack: Click[]) => env.CLICKS.send(pack);
  const toD1 = (pack: Click[]) => recordClicks(env.DB, pack);
  return readSettings(env).click_sink === "queue" ? { first: toQueue, second: toD1 } : { first: toD1, second: toQueue };
}

/** The API for the console, which calls it in the same process. */
function internalApi(api: ApiApp): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  app.onError((error) => toProblemResponse(error));
  return app.route("/v1", api);
}

function createPages({ platform, links }: Shared): Hono<{ Bindings: Env }> {
  const pages = new Hono<{ Bindings: Env }>();
  pages.onError((error) => toProblemResponse(error));
  pages.use((c, next) => {
    const id = createRequestId(c.req.raw.headers);
    return withRequestId(id, async () => {
      await next();
      c.header("X-Request-Id", id);
    });
  });
  pages.notFound((c) => {
    const allowed = listMethods(pages, c.req.path);
    if (allowed.length === 0) return toProblemResponse(new Problem(404, "not_found", "There is nothing at this URL."));
    const detail = `This URL doesn't take ${c.req.method}, only ${allowed.join(", ")}.`;
    return toProblemResponse(new Problem(405, "method_not_allowed", detail), allowed);
  });
  pages.get("/", (c) => c.redirect("/app"));
  pages.get("/healthz", (c) => checkHealth(c.env));
  pages.get("/robots.txt", (c) => c.text(ROBOTS));
  pages.route("/", webhookRoutes({ now: platform.now }));
  pages.get("/.well-known/gpc.json", (c) => c.json(GPC_SUPPORT));
  pages.get("/v1/openapi.json", answerOpenApi);
  const api = apiRoutes({ now: platform.now, links });
  pages.route("/v1", api);
  pages.route("/admin", consoleRoutes({ now: platform.now, api: internalApi(api) }));
  pages.route("/app", portalRoutes({ now: platform.now, links }));
  pages.route("/docs", docsRoutes());
  return pages;
}
