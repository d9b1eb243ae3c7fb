/** Wiring only: who answers which path, and where each stage's output goes. */
import { Hono } from "hono";
import { listAccountsOfMinute } from "./affiliates/enrollment-queries.ts";
import { checkHealth } from "./api/health.ts";
import { apiRoutes } from "./api/routes.ts";
import { applyRetention } from "./clicks/archive/retention-job.ts";
import { consumeClicks } from "./clicks/click-consumer.ts";
import { ClickPacker } from "./clicks/click-producer.ts";
import { recordClicks } from "./clicks/click-store.ts";
import { checkNightly } from "./clicks/counts/count-check-job.ts";
import { consumeDeadClicks } from "./clicks/dead-clicks/dead-click-consumer.ts";
import { deleteOldDeadClicks, oldestStorableTime } from "./clicks/dead-clicks/dead-click-store.ts";
import { accountKeyOf } from "./commissions/ledger.ts";
import type { AccountMessage } from "./commissions/messages.ts";
import { projectEntry } from "./commissions/projection-store.ts";
import { CustomerObject, type CustomerPeer } from "./customers/customer-object.ts";
import type { DownstreamMessage } from "./customers/messages.ts";
import { projectConversion } from "./customers/projection-store.ts";
import { openDatabase } from "./db/database.ts";
import { type Env, readSettings } from "./env.ts";
import { findCreditedClicks, keepCreditedClick, seekCreditedClicks } from "./insights/credited-click-store.ts";
import { toProblemResponse } from "./lib/platform/problem-response.ts";
import { Problem } from "./lib/problem.ts";
import { importTokenKeys } from "./lib/signed-text.ts";
import { MS_PER_MINUTE } from "./lib/time.ts";
import { firstSegment, RESERVED_SEGMENTS } from "./links/slug.ts";
import { notePayout, noteSale } from "./notifications/note-store.ts";
import { deleteOldNotifications } from "./notifications/notification-store.ts";
import { canNotify, sendLetters } from "./notifications/send-job.ts";
import type { StatementMessage } from "./payouts/account-messages.ts";
import { PayingAccountObject } from "./payouts/paying-account-object.ts";
import { draftDueRuns, workRuns } from "./payouts/runs/run-job.ts";
import { projectStatement } from "./payouts/statements/projection-store.ts";
import { deleteOldSessions } from "./portal/layout/sign-in/sign-in-store.ts";
import { portalRoutes } from "./portal/routes.tsx";
import { type Address, readAddress } from "./redirect/address.ts";
import { CLICK_ID_RANDOM_BYTES, type Click } from "./redirect/click.ts";
import { LinkCache } from "./redirect/link-cache.ts";
import { deleteOldVisitorKeys, loadLink } from "./redirect/link-queries.ts";
import { redirect } from "./redirect/link-resolver.ts";
import { forgetSharedLink, loadSharedLink } from "./redirect/shared-link-cache.ts";
import { listUnrelayed, markRelayed, type Relayed } from "./webhooks/identity/unrelayed-store.ts";
import { webhookRoutes } from "./webhooks/receive/routes.ts";
import { finishMerges, retakeDueDeliveries, tidyDeliveries } from "./webhooks/receive/tools-store.ts";

/** What the Worker takes from its surroundings. The demo passes a clock that runs in the past. */
export interface Platform {
  /** Milliseconds since the epoch, for one request. */
  now: (request: Request) => number;
  /** Random bytes for a click id. */
  random: (bytes: number, request: Request) => Uint8Array;
}

/** The object per customer, sending on to the reports and to the accounts. */
export class Customer extends CustomerObject {
  protected override async deliver(message: DownstreamMessage, relayed: Relayed | null): Promise<void> {
    const db = openDatabase(this.env.DB);
    if (message.to === "reports") {
      const { record } = message;
      const alongside = [...keepCreditedClick(db, record), ...noteSale(db, record, newsAt(this.env))];
      await projectConversion(db, record, relayed, alongside);
    } else await this.env.ACCOUNTS.getByName(accountKeyOf(message.sale)).post(message.sale);
  }

  protected override peer(key: string): CustomerPeer {
    return this.env.CUSTOMERS.getByName(key);
  }
}

/** The object per affiliate and programme, sending on to the reports and to the sponsor's account. */
export class Account extends PayingAccountObject {
  protected override async deliver(message: AccountMessage | StatementMessage): Promise<void> {
    const db = openDatabase(this.env.DB);
    if (message.to === "statements") {
      const alongside = notePayout(db, message.statement, newsAt(this.env));
      return projectStatement(db, message.statement, alongside);
    }
    if (message.to === "reports") return projectEntry(db, message.entry);
    const { sponsor_id, sale } = message.sponsored;
    const account = { program_id: sale.program_id, affiliate_id: sponsor_id };
    await this.env.ACCOUNTS.getByName(accountKeyOf(account)).postOverride(message.sponsored);
  }
}

/** When what is projected becomes news to its affiliate, ms; null where nobody can be told. */
function newsAt(env: Env): number | null {
  return canNotify(env) ? Date.now() : null;
}

/** Links of this isolate: about 10 MB at most. */
const LINK_CACHE_CAPACITY = 10_000;

/** Of the day, UTC, in which counts are compared with the log. */
const CHECK_HOUR = 3;

/** The one of the crons that is not the hourly run. */
const EVERY_MINUTE = "* * * * *";

/** An alarm relays within moments; an object that has not for so long may have lost it. */
const SWEEP_AFTER_MS = 10 * MS_PER_MINUTE;
const SWEPT_AT_ONCE = 50;
const MINUTES_A_DAY = 1_440;

/** How the name of the dead letters' queue ends; any other queue is the clicks'. */
const DEAD_LETTERS = "-dead";

/** We honour Global Privacy Control; its specification asks for this file. */
const GPC_SUPPORT = { gpc: true, lastUpdate: "2026-11-20" };

// Values only, no promise: shared by the requests of an isolate.
const linkCache = new LinkCache(LINK_CACHE_CAPACITY);
const clickPacker = new ClickPacker();

/** The Worker's handlers. */
export function createWorker(platform: Platform): ExportedHandler<Env, unknown> {
  const pages = createPages(platform);
  return {
    fetch(request, env, ctx) {
      const address = readAddress(request.url);
      const segment = firstSegment(address.path);
      if (segment === "" || RESERVED_SEGMENTS.has(segment)) return pages.fetch(request, env, ctx);
      return followLink(request, address, env, ctx, platform);
    },
    async queue(batch, env) {
      if (batch.queue.endsWith(DEAD_LETTERS)) {
        const oldest_at = oldestStorableTime(Date.now(), readSettings(env).click_retention_days);
        await consumeDeadClicks(batch, openDatabase(env.DB), oldest_at);
        return;
      }
      await consumeClicks(batch, env.DB, (clicks) => env.DEAD_CLICKS.send(clicks));
      const messages = batch.messages.map(({ body }) => body);
      await findCreditedClicks(openDatabase(env.DB), messages);
    },
    async scheduled(event, env) {
      const { scheduledTime, cron } = event;
      if (cron === EVERY_MINUTE) {
        const chores = [
          retakeDueDeliveries(env, scheduledTime),
          finishMerges(env),
          sweepObjects(env, scheduledTime),
          seekCreditedClicks(openDatabase(env.DB), scheduledTime),
          workRuns(env, scheduledTime),
          sendLetters(env, scheduledTime),
        ];
        return settleAll(chores, "a chore of the minute failed");
      }
      const db = openDatabase(env.DB);
      const chores = [
        deleteOldVisitorKeys(db, scheduledTime),
        deleteOldSessions(db, scheduledTime),
        ...(new Date(scheduledTime).getUTCHours() === CHECK_HOUR ? [deleteOldNotifications(db, scheduledTime)] : []),
        tidyDeadClicks(env, scheduledTime),
        tidyDeliveries(env, scheduledTime),
        keepClickLog(env, scheduledTime),
        draftDueRuns(env, scheduledTime),
      ];
      await settleAll(chores, "an hourly chore failed");
    },
  };
}

async function settleAll(chores: readonly Promise<unknown>[], complaint: string): Promise<void> {
  for (const chore of await Promise.allSettled(chores)) {
    if (chore.status === "rejected") console.error(complaint, chore.reason);
  }
}

/** Finds what alarms have missed: customers that have had something to relay for too long, and each account once a day. */
async function sweepObjects(env: Env, now: number): Promise<void> {
  const db = openDatabase(env.DB);
  const relayed: Relayed[] = [];
  for (const marked of await listUnrelayed(db, now - SWEEP_AFTER_MS, SWEPT_AT_ONCE)) {
    const left = await env.CUSTOMERS.getByName(marked.key).relay();
    if (left === 0) relayed.push(marked);
  }
  await markRelayed(db, relayed);
  const minute = Math.floor(now / MS_PER_MINUTE) % MINUTES_A_DAY;
  for (const account of await listAccountsOfMinute(db, minute, MINUTES_A_DAY)) {
    await env.ACCOUNTS.getByName(accountKeyOf(account)).relay();
  }
}

async function tidyDeadClicks(env: Env, now: number): Promise<void> {
  await deleteOldDeadClicks(openDatabase(env.DB), now, readSettings(env).click_retention_days);
}

/** One after the other, so that no click moves to the archive while its day is checked. */
async function keepClickLog(env: Env, now: number): Promise<void> {
  const { click_retention_days: retention_days } = readSettings(env);
  const store = { db: env.DB, bucket: env.ARCHIVE };
  if (new Date(now).getUTCHours() === CHECK_HOUR)
    await checkNightly({ ...store, mend: false }, { retention_days, now });
  await applyRetention({ ...store, retention_days, now });
}

/** The hot path: no router, no middleware, no storage while the link is warm. */
function followLink(
  request: Request,
  address: Address,
  env: Env,
  ctx: ExecutionContext,
  platform: Platform,
): Response | Promise<Response> {
  try {
    const settings = readSettings(env);
    const toQueue = (pack: Click[]) => env.CLICKS.send(pack);
    const toD1 = (pack: Click[]) => recordClicks(env.DB, pack);
    const sink = settings.click_sink === "queue" ? { first: toQueue, second: toD1 } : { first: toD1, second: toQueue };
    const answer = redirect(request, address, {
      cache: linkCache,
      loadLink: (host, slug, now) =>
        loadSharedLink(host, slug, {
          now,
          load: () => loadLink(openDatabase(env.DB), host, slug, now),
          edits: () => linkCache.edits,
          waitUntil: (work) => ctx.waitUntil(work),
        }),
      keys: importTokenKeys(settings.token_keys),
      log: (click) => {
        const sent = clickPacker.log(click, sink);
        if (sent !== null) ctx.waitUntil(sent);
      },
      waitUntil: (work) => ctx.waitUntil(work),
      now: platform.now(request),
      random: platform.random(CLICK_ID_RANDOM_BYTES, request),
    });
    return answer instanceof Response ? answer : answer.catch(toProblemResponse);
  } catch (error) {
    return toProblemResponse(error);
  }
}

function createPages(platform: Platform): Hono<{ Bindings: Env }> {
  const pages = new Hono<{ Bindings: Env }>();
  pages.onError((error) => toProblemResponse(error));
  pages.notFound(() => toProblemResponse(new Problem(404, "not_found", "There is nothing at this address.")));
  pages.get("/", (c) => c.redirect("/app"));
  pages.get("/healthz", (c) => checkHealth(c.env));
  pages.get("/robots.txt", (c) => c.text("User-agent: *\nDisallow: /\n"));
  pages.route("/", webhookRoutes({ now: platform.now }));
  const forgetLink = async (hosts: readonly string[], slug: string) => {
    linkCache.forget(slug);
    await Promise.all(hosts.map((host) => forgetSharedLink(host, slug)));
  };
  pages.get("/.well-known/gpc.json", (c) => c.json(GPC_SUPPORT));
  pages.route("/v1", apiRoutes({ now: platform.now, forgetLink }));
  pages.route("/app", portalRoutes({ now: platform.now, forgetLink }));
  return pages;
}
