/** Fills the database for the portal benchmark. It writes with SQL, since pages only read the database. */
import { writeRecord } from "../../src/customers/conversion.ts";
import { VERDICTS } from "../../src/redirect/click.ts";
import { makeRecord, makeTouch } from "../support/make-record.ts";

/** The data to create. `now` (ms) is the end of the period. */
export interface Fill {
  clicks: number;
  days: number;
  /** Sales of an affiliate, spread over the same days, each with a ledger entry. */
  sales: number;
  now: number;
}

const MS_PER_DAY = 86_400_000;
/** Of a hundred hits, these are repeats or bots. The others count. */
const DUPLICATES = 10;
const BOTS = 5;
const COUNTED = 100 - DUPLICATES - BOTS;
const ROWS_AT_ONCE = 200_000;
const RECORDS_AT_ONCE = 500;
const PRODUCTS = 10;
/** More than any link has sales, so that click ids are unique. */
const CLICK_IDS_PER_LINK = 1_000_000;

/** Stores and counts clicks, spread evenly over links and days. Each link's clicks are in order of time. */
export async function fillClicks(db: D1Database, { clicks, days, now }: Fill): Promise<void> {
  const { results: links } = await db.prepare("SELECT id FROM links ORDER BY id").all<{ id: number }>();
  const each = Math.floor(clicks / links.length);
  const firstDay = Math.floor(now / MS_PER_DAY) - days + 1;
  const startsAt = firstDay * MS_PER_DAY;
  const step = Math.floor((now - startsAt) / each);
  const texts = "INSERT INTO texts (id, text, last_day) VALUES (1, 'blog.example', 99999), (2, 'Mozilla/5.0', 99999)";
  await db.prepare(texts).run();
  const [counted, duplicate, bot] = (["counted", "duplicate", "bot"] as const).map((name) => VERDICTS.indexOf(name));
  const atOnce = Math.max(1, Math.floor(ROWS_AT_ONCE / each));
  for (let from = 0; from < links.length; from += atOnce) {
    const ids = JSON.stringify(links.slice(from, from + atOnce).map(({ id }) => id));
    await db
      .prepare(
        `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)
         INSERT INTO clicks (link_id, hour, visitor, id, verdict, is_first, country, device, referrer, user_agent)
         SELECT l.value, (?3 + i * ?4) / 3600000, unhex(printf('%016x', i)),
           unhex(printf('%012x7000%08x%08x', ?3 + i * ?4, l.value, i)),
           CASE WHEN i % 100 < ${DUPLICATES} THEN ${duplicate} WHEN i % 100 < ${DUPLICATES + BOTS} THEN ${bot}
             ELSE ${counted} END,
           1, 'DE', 0, 1, 2
         FROM json_each(?1) l, n`,
      )
      .bind(ids, each, startsAt, step)
      .run();
  }
  for (const [verdict, share] of [
    [counted, COUNTED],
    [duplicate, DUPLICATES],
    [bot, BOTS],
  ]) {
    const count = Math.floor(((each / days) * (share ?? 0)) / 100);
    await db
      .prepare(
        `WITH RECURSIVE d(day) AS (SELECT ?1 UNION ALL SELECT day + 1 FROM d WHERE day < ?2)
         INSERT INTO click_days (link_id, day, verdict, clicks, visitors, details) SELECT id, day, ?3, ?4, ?4, ?5 FROM links, d`,
      )
      .bind(firstDay, firstDay + days - 1, verdict, count, detailsOf(count, verdict === counted))
      .run();
  }
}

/** The details of a day with as many values as a popular link has. Hits that don't count only have their hours. */
function detailsOf(count: number, isCounted: boolean): string {
  const name = (start: string, length: number, end = "") => Array.from({ length }, (_, n) => `${start}${n}${end}`);
  const spread = (names: readonly string[]) =>
    Object.fromEntries(names.map((value) => [value, Math.ceil(count / names.length)]));
  const hour = spread(name("", 24));
  if (!isCounted) return JSON.stringify({ hour });
  return JSON.stringify({
    hour,
    country: spread(["DE", "US", "FR", "GB", "NL", "PL", "ES", "IT"]),
    device: spread(["mobile", "desktop"]),
    referrer: spread(name("site-", 20, ".example")),
    sub1: spread(name("campaign-", 10)),
  });
}

/** Creates sales of an affiliate with their ledger entries, as the objects would project them. Call it once per affiliate. */
export async function fillSales(db: D1Database, username: string, { sales, days, now }: Fill): Promise<void> {
  const { results: owned } = await db
    .prepare(
      `SELECT l.id AS link_id, l.slug AS link, a.id AS affiliate_id, l.program_id FROM links l
       JOIN affiliates a ON a.id = l.affiliate_id WHERE a.username = ? ORDER BY l.id`,
    )
    .bind(username)
    .all<{ link_id: number; link: string; affiliate_id: number; program_id: number }>();
  const rowOf = (n: number) => {
    const own = owned[n % owned.length];
    if (own === undefined) throw new Error(`${username} has no link.`);
    const { program_id, affiliate_id, link_id, link } = own;
    const occurred_at = Math.floor(now - ((n + 1) * days * MS_PER_DAY) / (sales + 1));
    const click_id = (link_id * CLICK_IDS_PER_LINK + n).toString(16).padStart(32, "0");
    const clicked_at = occurred_at - 3_600_000;
    const touch = makeTouch({ click_id, affiliate_id, affiliate: username, link_id, link, clicked_at });
    const changes = {
      id: `cv_${username}_${n}`,
      program_id,
      occurred_at,
      payment: `pay_${n}`,
      product: `product-${n % PRODUCTS}`,
    };
    const record = makeRecord({ touch, considered: [touch] }, { ...changes, customer_key: `bench:${n}` });
    return { ...record, affiliate_id, link_id, click_id, record: writeRecord(record) };
  };
  const read = (...names: string[]) => names.map((name) => `value ->> '${name}'`).join(", ");
  for (let from = 0; from < sales; from += RECORDS_AT_ONCE) {
    const length = Math.min(RECORDS_AT_ONCE, sales - from);
    const rows = JSON.stringify(Array.from({ length }, (_, n) => rowOf(from + n)));
    const columns = ["id", "program_id", "affiliate_id", "link_id", "type", "status", "amount", "refunded", "currency"];
    const more = ["occurred_at", "record", "revision", "customer_key", "product", "click_id"];
    const conversions = `INSERT INTO conversions (${[...columns, ...more].join()}, reason)
      SELECT ${read(...columns, ...more)}, 'last_click' FROM json_each(?)`;
    const clicks = `INSERT INTO credited_clicks (id, link_id, hour, sought, country, device, referrer)
      SELECT ${read("click_id", "link_id")}, 0, 0, 'DE', 0, 'blog.example' FROM json_each(?)`;
    await db.batch([db.prepare(conversions).bind(rows), db.prepare(clicks).bind(rows)]);
  }
  await db
    .prepare(
      `INSERT INTO ledger_entries (id, program_id, affiliate_id, number, kind, amount, currency, conversion, base_amount,
         rule, rate_bps, terms_version, occurred_at, clears_at)
       SELECT 'en_' || id, program_id, affiliate_id, row_number() OVER (ORDER BY occurred_at), 'commission', 3960, 'USD', id,
         9900, 0, 4000, 1, occurred_at, occurred_at + 30 * ?1 FROM conversions
       WHERE affiliate_id = (SELECT id FROM affiliates WHERE username = ?2)`,
    )
    .bind(MS_PER_DAY, username)
    .run();
}
