/** Fills a database file for the console's benchmark, as the pipeline would have written it. No Worker may have it open. */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { firstAuditIdAt } from "../../src/audit/audit-store.ts";
import { writeRecord } from "../../src/customers/conversion.ts";
import { NO_PROGRESS } from "../../src/payouts/runs/run.ts";
import type { Statement } from "../../src/payouts/statements/statement.ts";
import { VERDICTS } from "../../src/redirect/click.ts";
import { firstDeliveryIdAt } from "../../src/webhooks/deliveries/delivery-id.ts";
import { makeRecord, makeTouch } from "../support/make-record.ts";

/** The data to create, over the days that end at `now` (ms). */
export interface ConsoleFill {
  program_id: number;
  endpoints: readonly string[];
  clicks: number;
  /** Each has a link. The first has the most clicks and sales, and their shares fall as 1 / (place + 100). */
  affiliates: number;
  /** Credited sales, each with a commission. Half as many leads come on top, and a tenth of the sales is uncredited. */
  sales: number;
  days: number;
  now: number;
}

/** Where the benchmark finds what was created. */
export const FILLED = { affiliate: "affiliate-1", sale: "cv_6", run: "run_1" };

const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;
const HOLD_DAYS = 30;
const PENDING_SHARE = 20;
const [COUNTED, DUPLICATE, BOT] = (["counted", "duplicate", "bot"] as const).map((name) => VERDICTS.indexOf(name));
/** Of a hundred hits, these are repeats or bots. */
const REPEATED = 10;
const BOTS = 5;
const COUNTRIES = ["US", "US", "US", "DE", "FR", "GB", "NL", "PL"];
const GROUPS = 5;

/** Writes everything in one transaction per table. */
export function fillConsole(file: string, fill: ConsoleFill): void {
  const db = new DatabaseSync(file);
  db.exec("PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000");
  const within = (write: () => void) => {
    db.exec("BEGIN");
    write();
    db.exec("COMMIT");
  };
  for (const write of [fillAffiliates, fillClicks, fillConversions, fillPayouts, fillLogs])
    within(() => write(db, fill));
  db.exec("ANALYZE sqlite_schema");
  db.close();
}

/** Inserts rows with the given columns. */
function insert(db: DatabaseSync, table: string, columns: string) {
  const marks = columns.split(",").map(() => "?");
  const statement = db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${marks.join()})`);
  return (...values: SQLInputValue[]) => statement.run(...values);
}

function startOf({ days, now }: ConsoleFill): number {
  return (Math.floor(now / MS_PER_DAY) - days + 1) * MS_PER_DAY;
}

/** The share of each affiliate, by place from 0. They add up to 1. */
function sharesOf({ affiliates }: ConsoleFill): number[] {
  const weights = Array.from({ length: affiliates }, (_, place) => 1 / (place + 100));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function fillAffiliates(db: DatabaseSync, fill: ConsoleFill): void {
  const { affiliates, program_id, now } = fill;
  const addAffiliate = insert(db, "affiliates", "id, username, name, email, created_at");
  const addEnrollment = insert(db, "enrolments", "program_id, affiliate_id, status, created_at");
  const addStatus = insert(db, "enrolment_statuses", "program_id, affiliate_id, at, status");
  const addMove = insert(db, "enrollment_groups", "program_id, affiliate_id, at, group_slug");
  const addLink = insert(db, "links", "id, slug, program_id, affiliate_id, destination, kind, created_at");
  const addGroup = insert(db, "program_groups", "program_id, slug, name, created_at");
  for (let group = 1; group <= GROUPS; group++) addGroup(program_id, `group-${group}`, `Group ${group}`, 0);
  for (let id = 1; id <= affiliates; id++) {
    const created_at = now - 200 * MS_PER_DAY + id * 1_000;
    const status = id % PENDING_SHARE === 0 ? "pending" : "approved";
    addAffiliate(id, `affiliate-${id}`, `Affiliate ${id}`, `affiliate-${id}@example.com`, created_at);
    addEnrollment(program_id, id, status, created_at);
    addStatus(program_id, id, created_at, status);
    if (id % GROUPS !== 0) addMove(program_id, id, created_at, `group-${id % GROUPS}`);
    addLink(id, `link-${id}`, program_id, id, "https://shop.example/pricing", "affiliate", created_at);
  }
}

function fillClicks(db: DatabaseSync, fill: ConsoleFill): void {
  const { clicks, days, now } = fill;
  const startsAt = startOf(fill);
  db.exec("INSERT INTO texts (id, text, last_day) VALUES (1, 'blog.example', 99999), (2, 'Mozilla/5.0', 99999)");
  const log = db.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)
     INSERT INTO clicks (link_id, hour, visitor, id, verdict, is_first, country, device, referrer, user_agent)
     SELECT ?1, (?3 + i * ?4) / ${MS_PER_HOUR}, unhex(printf('%016x', i)),
       unhex(printf('%012x7000%08x%08x', ?3 + i * ?4, ?1, i)),
       CASE WHEN i % 100 < ${REPEATED} THEN ${DUPLICATE} WHEN i % 100 < ${REPEATED + BOTS} THEN ${BOT} ELSE ${COUNTED} END,
       1, 'DE', 0, 1, 2 FROM n`,
  );
  const addDay = insert(db, "click_days", "link_id, day, verdict, clicks, visitors, details");
  for (const [place, share] of sharesOf(fill).entries()) {
    const link = place + 1;
    const each = Math.max(1, Math.round(clicks * share));
    log.run(link, each, startsAt, Math.max(1, Math.floor((now - startsAt) / each)));
    for (let day = 0; day < days; day++) {
      const today = Math.floor(((day + 1) * each) / days) - Math.floor((day * each) / days);
      const parts = [
        [COUNTED, today - Math.floor((today * (REPEATED + BOTS)) / 100)],
        [DUPLICATE, Math.floor((today * REPEATED) / 100)],
        [BOT, Math.floor((today * BOTS) / 100)],
      ] as const;
      for (const [verdict = 0, count] of parts) {
        if (count > 0)
          addDay(link, startsAt / MS_PER_DAY + day, verdict, count, count, detailsOf(count, verdict, link));
      }
    }
  }
}

/** The details of a day's clicks: as many values as the clicks can have, up to those of a popular link. */
function detailsOf(count: number, verdict: number, seed: number): string {
  const spread = (names: readonly string[]) => {
    const counts: Record<string, number> = {};
    for (let n = 0; n < Math.min(count, 200); n++) {
      const name = names[(n * 7 + seed) % names.length] ?? "";
      counts[name] = (counts[name] ?? 0) + Math.floor((count + n) / Math.min(count, 200));
    }
    return counts;
  };
  const named = (start: string, length: number) => Array.from({ length }, (_, n) => `${start}${n}`);
  const hour = spread(named("", 24));
  if (verdict !== COUNTED) return JSON.stringify({ hour });
  const referrer = spread(named("site-", 20));
  return JSON.stringify({ hour, country: spread(COUNTRIES), device: spread(["mobile", "desktop"]), referrer });
}

function fillConversions(db: DatabaseSync, fill: ConsoleFill): void {
  const { program_id, sales, now } = fill;
  const columns =
    "id, program_id, affiliate_id, link_id, type, status, amount, refunded, currency, occurred_at, reason";
  const addConversion = insert(
    db,
    "conversions",
    `${columns}, record, revision, test, customer_key, product, click_id`,
  );
  const addCredited = insert(db, "credited_clicks", "id, link_id, hour, sought, country, device, referrer");
  const addCustomer = insert(db, "customers", "key, program_id, namespace, first_seen_at");
  const money = "number, kind, amount, currency, conversion, base_amount, rate_bps, terms_version";
  const addEntry = insert(
    db,
    "ledger_entries",
    `id, program_id, affiliate_id, ${money}, occurred_at, clears_at, rule, corrects`,
  );
  const numbers = new Map<number, number>();
  const post = (
    affiliate: number,
    entry: { id: string; kind: string; amount: number; conversion: string | null; at: number; corrects?: string },
  ) => {
    const number = (numbers.get(affiliate) ?? 0) + 1;
    numbers.set(affiliate, number);
    const { id, kind, amount, conversion, at, corrects = null } = entry;
    const clears = kind === "payout" ? at : at + HOLD_DAYS * MS_PER_DAY;
    const base = [conversion, 9_900, 4_000, 1] as const;
    addEntry(id, program_id, affiliate, number, kind, amount, "USD", ...base, at, clears, 0, corrects);
  };
  const owners = ownersOf(fill, sales);
  const step = (now - startOf(fill)) / (sales * 1.6);
  for (let n = 1; n <= Math.floor(sales * 1.6); n++) {
    const type = n % 16 < 5 ? "lead" : "sale";
    const owner = n % 16 === 15 ? null : (owners[n % owners.length] ?? null);
    const occurred_at = Math.floor(now - n * step);
    const isRefunded = type === "sale" && n % 20 === 11;
    const click_id = owner === null ? null : n.toString(16).padStart(32, "0");
    const names = { affiliate: `affiliate-${owner}`, link: `link-${owner}` };
    const touch =
      owner === null || click_id === null
        ? null
        : makeTouch({ ...names, click_id, affiliate_id: owner, link_id: owner, clicked_at: occurred_at - MS_PER_HOUR });
    const key = `${program_id}:id:stripe:cus_${n}`;
    const record = makeRecord(
      { touch, considered: touch === null ? [] : [touch], reason: touch === null ? "no_touch" : "last_click" },
      {
        ...{ id: `cv_${n}`, type, program_id, occurred_at, payment: type === "sale" ? `pay_${n}` : null },
        ...{ status: isRefunded ? ("refunded" as const) : ("recorded" as const), refunded: isRefunded ? 9_900 : 0 },
        ...{ amount: type === "sale" ? 9_900 : null, currency: type === "sale" ? "USD" : null },
        ...{ product: `product-${n % 10}`, customer_key: key },
      },
    );
    const { id, status, amount, refunded, currency, product } = record;
    addConversion(
      ...[id, program_id, owner, owner, type, status, amount, refunded, currency, occurred_at, record.credit.reason],
      ...[writeRecord(record), 1, 0, key, product, click_id],
    );
    addCustomer(key, program_id, "stripe", occurred_at);
    if (owner === null || click_id === null) continue;
    addCredited(click_id, owner, 0, 0, COUNTRIES[n % COUNTRIES.length] ?? null, 0, "blog.example");
    if (type !== "sale") continue;
    post(owner, { id: `en_${n}`, kind: "commission", amount: 3_960, conversion: id, at: occurred_at });
    if (!isRefunded) continue;
    post(owner, { id: `en_${n}_r`, kind: "reversal", amount: -3_960, conversion: id, at: now, corrects: `en_${n}` });
  }
  for (const owner of numbers.keys()) {
    post(owner, { id: `en_paid_${owner}`, kind: "payout", amount: -3_960, conversion: null, at: now - MS_PER_DAY });
  }
}

/** The affiliates of sales by their shares, in an order that mixes them. */
function ownersOf(fill: ConsoleFill, sales: number): number[] {
  const owners = sharesOf(fill).flatMap((share, place) =>
    Array.from({ length: Math.max(1, Math.round(share * sales)) }, () => place + 1),
  );
  return owners.map((_, n) => owners[(n * 7_919) % owners.length] ?? 1);
}

function fillPayouts(db: DatabaseSync, fill: ConsoleFill): void {
  const { program_id, affiliates, now } = fill;
  const one = db
    .prepare("SELECT terms ->> '$.payout' AS payout FROM program_terms WHERE program_id = ?")
    .get(program_id);
  const times = "drafted_at, progress, created_by, approvals, paid_at, finished_at, window_number";
  const addRun = insert(db, "payout_runs", `id, program_id, month, status, cursor, terms_version, payout, ${times}`);
  const columns = "id, program_id, affiliate_id, number, run_id, status, currency, payable, revision, statement";
  const addStatement = insert(db, "statements", columns);
  const payout = String(one?.payout ?? "null");
  for (let run = 1; run <= 12; run++) {
    const isOpen = run === 1;
    const at = now - run * 28 * MS_PER_DAY;
    const month = new Date(at).toISOString().slice(0, 7);
    const tally = { USD: { statements: affiliates, payments: affiliates, amount: affiliates * 3_960, carried: 0 } };
    const progress = { ...NO_PROGRESS, affiliates, drafted: tally, ...(!isOpen && { paid: tally }) };
    const end = isOpen ? null : at;
    addRun(
      ...[`run_${run}`, program_id, month, isOpen ? "draft" : "paid", 0, 1, payout, at, JSON.stringify(progress)],
      ...["cron", "[]", end, end, 1],
    );
    if (run > 3) continue;
    for (let affiliate = 1; affiliate <= affiliates; affiliate++) {
      const id = `st_${program_id}_${affiliate}_${4 - run}`;
      const statement: Statement = {
        ...{ id, program_id, affiliate_id: affiliate, number: 4 - run, run: `run_${run}`, month, currency: "USD" },
        ...{ opening: 0, entries: [4 - run], total: 3_960, payable: 3_960, blocked: [], drafted_at: at },
        ...{ status: isOpen ? "drafted" : "paid", changed_at: at, payment: null, returned: null, reason: null },
        revision: 1,
      };
      const text = JSON.stringify(statement);
      addStatement(id, program_id, affiliate, 4 - run, `run_${run}`, statement.status, "USD", 3_960, 1, text);
    }
  }
}

function fillLogs(db: DatabaseSync, fill: ConsoleFill): void {
  const { program_id, endpoints, sales, affiliates, now } = fill;
  const columns = "id, program_id, endpoint_id, source, received_at, test, type, event_id, status, reason, attempts";
  const addDelivery = insert(db, "deliveries", columns);
  for (let n = 1; n <= sales; n++) {
    const received_at = now - n * 60_000;
    const status = n % 50 === 0 ? "ignored" : "recorded";
    const id = `${firstDeliveryIdAt(received_at)}${String(n).padStart(12, "0")}`;
    const type = ["invoice.paid", "charge.refunded", "customer.subscription.deleted"][n % 3] ?? "";
    const endpoint = endpoints[n % endpoints.length] ?? "";
    addDelivery(id, program_id, endpoint, "stripe", received_at, 0, type, `evt_${n}`, status, null, 1);
  }
  const addEntry = insert(
    db,
    "audit_entries",
    "id, at, actor_kind, actor, action, program_id, subject_type, subject, before, after",
  );
  for (let n = 1; n <= sales; n++) {
    const at = now - n * 60_000;
    const id = `${firstAuditIdAt(at)}${String(n).padStart(12, "0")}`;
    const subject = `affiliate-${(n % affiliates) + 1}`;
    const change = ['{"status":"pending"}', '{"status":"approved"}'] as const;
    addEntry(id, at, "system", "import", "enrollment.update", program_id, "affiliate", subject, ...change);
  }
}
