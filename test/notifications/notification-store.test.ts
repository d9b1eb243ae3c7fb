/** What is noted when, and who writes to whom, told by times instead of waiting. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import type { ConversionRecord } from "../../src/customers/conversion.ts";
import { dropConversions, projectConversion } from "../../src/customers/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { NEWS_MS, notePayout, noteSale } from "../../src/notifications/note-store.ts";
import {
  ATTEMPTS_MAX,
  type Claim,
  claimDue,
  prepareSending,
  readChoices,
  releaseClaim,
  saveChoices,
  unsubscribe,
  waitAfter,
} from "../../src/notifications/notification-store.ts";
import { readWaiting } from "../../src/notifications/waiting-queries.ts";
import type { Statement } from "../../src/payouts/statements/statement.ts";
import { makeRecord, makeTouch } from "../support/make-record.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** When the record of makeRecord was sold. */
const SOLD = 1_000 * HOUR;
const NOW = SOLD + HOUR;
/** The affiliate whose settings change. */
const A = { id: 1, username: "a" };
const db = openDatabase(env.DB);

beforeEach(async () => {
  await env.DB.batch(
    [
      "DELETE FROM notifications",
      "DELETE FROM notified_affiliates",
      "DELETE FROM conversions",
      "INSERT OR IGNORE INTO programs (id, slug, name, currency, destination_hosts, created_at) VALUES (1, 'p', 'P', 'USD', '[]', 0)",
      "INSERT OR IGNORE INTO affiliates (id, username, name, email, created_at) VALUES (1, 'a', 'A', 'a@example.com', 0)",
      "INSERT OR IGNORE INTO affiliates (id, username, name, email, created_at) VALUES (2, 'b', 'B', 'b@example.com', 0)",
      `INSERT OR IGNORE INTO links (id, slug, program_id, affiliate_id, destination, kind, created_at)
       VALUES (7, 'my-link', 1, 1, 'https://shop.example', 'affiliate', 0)`,
    ].map((statement) => env.DB.prepare(statement)),
  );
});

const sold = (changes: Partial<ConversionRecord> = {}, affiliate_id = 1) =>
  makeRecord({ touch: makeTouch({ affiliate_id }) }, changes);
const project = (record: ConversionRecord, at: number | null = NOW) =>
  projectConversion(db, record, null, noteSale(db, record, at));
const noted = async () =>
  (await env.DB.prepare("SELECT affiliate_id, subject FROM notifications ORDER BY 1, 2").raw()).map(String);
const dueAt = () => env.DB.prepare("SELECT due_at FROM notified_affiliates WHERE affiliate_id = 1").first("due_at");

describe("a projected record", () => {
  test.each<[string, Partial<ConversionRecord>, number | null, string[]]>([
    ["a sale", {}, NOW, ["1,cv_1"]],
    ["a sale that is a day old, but for a moment", {}, SOLD + NEWS_MS - 1, ["1,cv_1"]],
    ["a sale that is a day old", {}, SOLD + NEWS_MS, []],
    ["where no emails can be sent", {}, null, []],
    ["a lead", { type: "lead", amount: null, currency: null }, NOW, []],
    ["test mode", { test: true }, NOW, []],
    ["a refund that waits for its sale", { status: "waiting", amount: null }, NOW, []],
    ["a refunded sale", { status: "refunded", refunded: 9_900 }, NOW, []],
    ["a sale of which part is back", { status: "refunded", refunded: 9_899 }, NOW, ["1,cv_1"]],
  ])("%s", async (_, changes, at, expected) => {
    await project(sold(changes), at);
    expect(await noted()).toEqual(expected);
  });

  test("is stored once, in its newest revision, however often it is projected", async () => {
    for (let n = 0; n < 3; n += 1) await project(sold());
    expect(await noted()).toEqual(["1,cv_1"]);
    await project(sold({ id: "cv_2", revision: 2, status: "refunded", refunded: 9_900 }));
    await project(sold({ id: "cv_2", revision: 1 })); // it has come late
    expect(await noted()).toEqual(["1,cv_1"]);
  });

  test("is stored for each affiliate who was credited, and emailed to the last", async () => {
    await project(sold());
    await project(sold({ revision: 2 }, 2));
    expect(await noted()).toEqual(["1,cv_1", "2,cv_1"]);
    expect((await readWaiting(db, 1)).map(({ state }) => state)).toEqual(["outdated"]);
    expect((await readWaiting(db, 2)).map(({ state }) => state)).toEqual(["current"]);
  });

  test("isn't emailed or deleted while it is projected again", async () => {
    await project(sold());
    await db.batch([...dropConversions(db, 1)]);
    expect((await readWaiting(db, 1)).map(({ state }) => state)).toEqual(["unavailable"]);
    await project(sold());
    expect((await readWaiting(db, 1)).map(({ state }) => state)).toEqual(["current"]);
  });
});

describe("an affiliate", () => {
  const sale = [{ kind: "sale" as const, subject: "cv_1" }];
  const taken = (claim: Claim, things = sale) =>
    prepareSending(db, claim, { send: things, outdated: [], unwanted: [] }, NOW);
  const claimAt = async (at: number) => {
    const [claim, ...others] = await claimDue(db, at, 50);
    expect(others).toEqual([]);
    if (claim === undefined) throw new Error("nobody is due");
    return claim;
  };
  const none = { outcome: { result: "none" as const }, next_at: null, now: NOW };

  test("is leased by one run at a time, and an expired lease writes nothing", async () => {
    await project(sold());
    const late = await claimAt(NOW);
    expect(await claimDue(db, NOW, 50)).toEqual([]);
    expect(await claimDue(db, late.leased_until - 1, 50)).toEqual([]);
    const next = await claimAt(late.leased_until);
    expect(await taken(late)).toBe(false);
    await releaseClaim(db, late, { ...none, outcome: { result: "refused", things: sale } });
    expect(await claimDue(db, late.leased_until + 1, 50)).toEqual([]);
    expect(await taken(next)).toBe(true);
    expect(await taken(next)).toBe(false); // told already
    await releaseClaim(db, next, none);
    expect(await dueAt()).toBeNull();
    await project(sold(), NOW + 1);
    expect(await dueAt()).toBeNull(); // it is no news
  });

  test("is processed again if a notification arrived meanwhile", async () => {
    await project(sold());
    const claim = await claimAt(NOW);
    await taken(claim);
    await project(sold({ id: "cv_2" }), NOW + 5);
    expect(await claimDue(db, NOW + 6, 50)).toEqual([]);
    await releaseClaim(db, claim, none);
    expect(await dueAt()).toBe(NOW);
  });

  test("is processed again if its settings changed meanwhile", async () => {
    await project(sold());
    const claim = await claimAt(NOW);
    await saveChoices(db, A, { sales: "each", payouts: true, zone: null }, NOW + 5);
    expect(await claimDue(db, NOW + 6, 50)).toEqual([]);
    await releaseClaim(db, claim, { ...none, next_at: NOW + 20 * HOUR });
    expect(await dueAt()).toBe(NOW + 5);
  });

  test("is processed when something is due, or when its settings change", async () => {
    await project(sold());
    const next_at = NOW + 7 * HOUR;
    await releaseClaim(db, await claimAt(NOW), { ...none, next_at });
    expect(await dueAt()).toBe(next_at);
    await project(sold({ id: "cv_2" }), NOW + MINUTE);
    expect(await dueAt()).toBe(next_at);
    await saveChoices(db, A, { sales: "each", payouts: false, zone: "Asia/Tokyo" }, NOW + HOUR);
    expect(await dueAt()).toBe(NOW + HOUR);
    expect(await readChoices(db, 1)).toEqual({ sales: "each", payouts: false, zone: "Asia/Tokyo" });
  });

  test.each([
    ["ends all emails", () => unsubscribe(db, 1, NOW + 1)],
    ["wants to know of no sales", () => saveChoices(db, A, { sales: "never", payouts: true, zone: null }, NOW + 1)],
  ])("that %s is not written to by a run that has it already, nor afterwards", async (_, choose) => {
    await project(sold());
    const claim = await claimAt(NOW);
    await choose();
    expect(await taken(claim)).toBe(false);
    const next = await claimAt(claim.leased_until);
    expect(next.choices.sales).toBe("never");
    expect(await prepareSending(db, next, { send: [], outdated: [], unwanted: sale }, NOW)).toBe(true);
    await saveChoices(db, A, { sales: "each", payouts: true, zone: null }, NOW + HOUR);
    expect(await readWaiting(db, 1)).toEqual([]);
  });

  test("whose email was refused isn't retried sooner because of a payment or new settings", async () => {
    await project(sold());
    const claim = await claimAt(NOW);
    await taken(claim);
    await releaseClaim(db, claim, { outcome: { result: "refused", things: sale }, next_at: null, now: NOW });
    const due = NOW + 5 * MINUTE;
    expect(await dueAt()).toBe(due);
    const paid = { id: "st_1_1_1", affiliate_id: 1, revision: 2, status: "paid", changed_at: NOW } as Statement;
    await env.DB.prepare(
      `INSERT OR REPLACE INTO statements (id, program_id, affiliate_id, number, run_id, status, currency, payable, revision, statement)
       VALUES ('st_1_1_1', 1, 1, 1, 'run', 'paid', 'USD', 1, 2, '{}')`,
    ).run();
    const notes = notePayout(db, paid, NOW + 1);
    const [first, ...others] = notes;
    if (first === undefined) throw new Error("a payment is not noted");
    await db.batch([first, ...others]);
    expect(await noted()).toEqual(["1,cv_1", "1,st_1_1_1"]);
    await saveChoices(db, A, { sales: "each", payouts: true, zone: null }, NOW + 2);
    expect(await dueAt()).toBe(due);
  });

  test("doesn't lose a sale that it is credited with again while notifications are deleted", async () => {
    await project(sold());
    const claim = await claimAt(NOW);
    const forget = () => prepareSending(db, claim, { send: [], outdated: sale, unwanted: [] }, NOW);
    // It was another's when it was looked at.
    await forget();
    expect(await noted()).toEqual(["1,cv_1"]);
    await project(sold({ revision: 2, status: "refunded", refunded: 9_900 }));
    await forget();
    expect(await noted()).toEqual([]);
  });

  test("whose email is refused is retried with growing delays, a limited number of times", async () => {
    await project(sold());
    const waits = [];
    let now = NOW;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const claim = await claimAt(now);
      expect([claim.attempts, await taken(claim)]).toEqual([attempt - 1, true]);
      await releaseClaim(db, claim, { outcome: { result: "refused", things: sale }, next_at: null, now });
      const due = await dueAt();
      waits.push(due === null ? null : (Number(due) - now) / MINUTE);
      now = Number(due ?? now);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 240, null]);
    expect(await readWaiting(db, 1)).toEqual([]);
    expect(waitAfter(100)).toBe(4 * HOUR);
  });
});

test("at most the requested number of affiliates is leased, the longest due first", async () => {
  await project(sold({}, 2), NOW);
  await project(sold({ id: "cv_2" }, 1), NOW + 1);
  expect((await claimDue(db, NOW + 2, 1)).map(({ affiliate_id }) => affiliate_id)).toEqual([2]);
  expect((await claimDue(db, NOW + 2, 1)).map(({ affiliate_id }) => affiliate_id)).toEqual([1]);
});
