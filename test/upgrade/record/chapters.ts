/** Half a year of the recorded merchant: clicks, sales with their refunds and corrections, and payouts. */
import { monthly } from "../events.ts";
import { newVisitor, ORIGIN } from "../player.ts";
import type { Story } from "./story.ts";

/** Plays everything that is finished when the old release ends. */
export async function tellChapters(story: Story): Promise<void> {
  await clickInJanuary(story);
  await sellInJanuary(story);
  await disputeAndCorrect(story);
  await sellInSpring(story);
  await payOut(story);
  await keepHouse(story);
}

async function clickInJanuary(story: Story): Promise<void> {
  const { player } = story;
  await story.click("2026-01-10 10:00", "ada", "/maya");
  await story.click("2026-01-10 10:20", "ada", "/maya");
  const at = "2026-01-10 10:30";
  await player.visit(at, newVisitor(100), "/maya", { method: "HEAD" });
  await player.visit(at, newVisitor(100), "/maya", { headers: { "Sec-Purpose": "prefetch" } });
  await player.visit(at, newVisitor(101), "/maya", { headers: { "Sec-Fetch-Dest": "image" } });
  await player.visit(at, newVisitor(102, { user_agent: "Googlebot/2.1" }), "/maya");
  await player.visit(at, newVisitor(103), "/maya", { headers: { "Sec-GPC": "1", Referer: "https://blog.example/a" } });
  await player.flush(at);
  await story.click("2026-01-10 11:00", "ben", "/leo?sub1=blog", { country: "FR" });
  await story.click("2026-01-10 11:30", "cia", "/maya-news?sub1=mail&sub2=b&ref=x");
  await story.click("2026-01-11 09:00", "dan", "/ines?to=/plans", { country: "DE" });
  await story.click("2026-01-11 09:30", "own", "/omar");
  await story.click("2026-01-13 09:30", "late", "/omar-sale");
  for (const name of ["tia", "tom", "tim"]) {
    await story.click("2026-01-13 10:00", name, "/tess");
    // A click cap is known within 30 seconds.
    await player.server.setClock(Date.parse("2026-01-13T10:05:00Z"));
  }
  await story.click("2026-01-13 11:00", "gus", "https://go.hatch.example/leo?lc_consent=1", { country: "DE" });
  await story.click("2026-01-13 11:30", "hal", "https://go.hatch.example/leo", { country: "AT" });
}

async function sellInJanuary(story: Story): Promise<void> {
  const click = (visitor: string) => ({ click: story.token(visitor) });
  const ada = { email: "ada@mail.example" };
  await story.event("2026-01-10 10:40", "ada-lead", { type: "lead", customer: ada, ...click("ada") });
  await story.event("2026-01-11 10:40", "ada-trial", {
    type: "trial",
    customer: { id: "cus_ada", ...ada },
    ...monthly("ada"),
  });
  const yearly = { subscription: { id: "sub_ben", interval: "year" }, country: "FR" };
  await story.sale("2026-01-12 10:00", "ben-1", "cus_ben", 19_900, { ...click("ben"), ...yearly });
  await story.sale("2026-01-13 10:00", "cia-1", "cus_cia", 12_000, { ...click("cia"), ...monthly("cia") });
  await story.sale("2026-01-14 10:00", "dan-1", "cus_dan", 60_000, { ...click("dan"), ...monthly("dan") });
  await story.sale("2026-01-15 10:00", "own-1", "cus_own", 5_000, { ...click("own"), payer: "card-omar" });
  await story.sale("2026-01-15 11:00", "nobody-1", "cus_nobody", 7_000);
  const forged = `${story.token("ada").slice(0, -4)}AAAA`;
  await story.sale("2026-01-15 12:00", "forged-1", "cus_forged", 7_000, { click: forged });
  const referral = { type: "referral", customer: { id: "cus_fay" }, affiliate: "omar", binding: true };
  await story.event("2026-01-16 10:00", "fay-referral", referral);
  await story.sale("2026-01-16 11:00", "fay-1", "cus_fay", 8_000, { currency: "EUR", ...monthly("fay") });
  const tested = { type: "sale", customer: { id: "cus_test" }, payment: "pay_test", amount: 1_000, currency: "USD" };
  await story.event("2026-01-16 12:00", "test-1", { ...tested, ...click("ada") }, { endpoint: "test" });
  await story.takeBack("2026-01-20 10:00", "ben-refund", "refund", "ben-1", 19_900, "re_ben");
  await story.sale("2026-01-25 10:00", "ada-1", "cus_ada", 9_900, monthly("ada"));
  await story.sale("2026-01-26 10:00", "tia-1", "cus_tia", 15_000, { ...click("tia"), ...monthly("tia") });
  await story.hatchSale("2026-01-15 10:00", "gus-1", "cus_gus", 20_000, { ...click("gus"), coupon: "maya10" });
  await story.hatchSale("2026-01-16 10:00", "gus-2", "cus_gus", 5_000, { currency: "USD" });
  await story.hatchSale("2026-01-20 10:00", "hal-1", "cus_hal", 40_000, { ...click("hal"), ...monthly("hal") });
  await story.hatchSale("2026-01-21 10:00", "joy-1", "cus_joy", 30_000, { ...click("hal"), product: "education" });
}

async function disputeAndCorrect({ player, kept }: Story): Promise<void> {
  const dispute = { affiliate: "maya", reason: "Ada wrote to Maya first" };
  const path = `/v1/conversions/${kept.conversions["tia-1"]}/disputes`;
  await player.must("2026-01-30 10:00", "POST", path, dispute, { idempotency_key: "dispute-tia" });
  const adjustments = "/v1/programs/orbit/affiliates/leo/adjustments";
  const bonus = { amount: 2_000, currency: "USD", reason: "Best video of January" };
  await player.must("2026-01-31 10:00", "POST", adjustments, bonus, { idempotency_key: "video" });
  const fee = { amount: -500, currency: "USD", reason: "Returned goods" };
  await player.must("2026-01-31 11:00", "POST", adjustments, fee, { idempotency_key: "fee" });
}

async function sellInSpring(story: Story): Promise<void> {
  const { player } = story;
  await story.takeBack("2026-02-01 10:00", "cia-refund", "refund", "cia-1", 3_000, "re_cia");
  await story.sale("2026-02-13 10:00", "cia-2", "cus_cia", 12_000, monthly("cia"));
  await story.sale("2026-02-14 10:00", "dan-2", "cus_dan", 60_000, monthly("dan"));
  await story.hatchSale("2026-02-20 10:00", "hal-2", "cus_hal", 40_000, monthly("hal"));
  await story.sale("2026-02-25 10:00", "ada-2", "cus_ada", 9_900, monthly("ada"));
  await player.must("2026-03-01 10:00", "PATCH", "/v1/programs/orbit/enrolments/tess", { status: "suspended" });
  await story.takeBack("2026-03-01 11:00", "cia-chargeback", "chargeback", "cia-2", 12_000, "cb_cia");
  await story.takeBack("2026-03-20 11:00", "cia-won", "chargeback_won", "cia-2", 12_000, "cb_cia");
  await story.sale("2026-03-14 10:00", "dan-3", "cus_dan", 60_000, monthly("dan"));
  await story.sale("2026-03-15 10:00", "tom-1", "cus_tom", 9_900, { click: story.token("tom") });
  const terms = { hold_days: 30, second_tier: { rate_bps: 1_500, payments: "every" }, binds_to: "customer" };
  await player.must("2026-03-20 10:00", "POST", "/v1/programs/orbit/terms", {
    terms,
    effective_from: "2026-04-01T00:00:00Z",
  });
  await story.click("2026-04-02 10:00", "kim", "/ines", { country: "DE" });
  await story.sale("2026-04-03 10:00", "kim-1", "cus_kim", 20_000, { click: story.token("kim"), ...monthly("kim") });
  await story.sale("2026-04-14 10:00", "dan-4", "cus_dan", 60_000, monthly("dan"));
  await story.sale("2026-04-25 10:00", "ada-3", "cus_ada", 9_900, monthly("ada"));
  await story.event("2026-04-30 10:00", "hal-end", cancellationOf("hal"), { endpoint: "hatch" });
  const sale = { event: "sale", txid: "T1", amount: "49.50", customer_id: "u1", click_id: story.token("kim") };
  await story.postback("2026-05-02 10:00", sale);
}

function cancellationOf(name: string) {
  return { type: "cancellation", customer: { id: `cus_${name}` }, subscription: { id: `sub_${name}` } };
}

/** Payouts: paid and returned, failed, carried over, canceled, with two keys, in two currencies. */
async function payOut({ player, kept }: Story): Promise<void> {
  const command = (at: string, path: string, key: string, body?: unknown, by = {}) =>
    player.must(at, "POST", path, body, { idempotency_key: key, ...by });
  const orbit = "/v1/programs/orbit/payouts/runs";
  const march = await command("2026-03-15 09:00", orbit, "march", { month: "2026-03" });
  kept.runs["orbit 2026-03"] = march.id;
  await command("2026-03-15 10:00", `${orbit}/${march.id}/approve`, "march-approve");
  await command("2026-03-16 10:00", `${orbit}/${march.id}/pay`, "march-pay");
  const statements = await player.must("2026-03-17 10:00", "GET", `${orbit}/${march.id}/statements`);
  const leo = statements.data.find((one: { affiliate: string }) => one.affiliate === "leo");
  const report = `Customer ID,Status,Reason\n${leo.id},Returned,Account closed\n`;
  await command("2026-03-18 10:00", `${orbit}/${march.id}/results`, "march-results", report);

  const april = await command("2026-04-15 09:00", orbit, "april", { month: "2026-04" });
  kept.runs["orbit 2026-04"] = april.id;
  await command("2026-04-15 10:00", `${orbit}/${april.id}/approve`, "april-approve");
  const drafted = await player.must("2026-04-15 11:00", "GET", `${orbit}/${april.id}/statements`);
  const maya = drafted.data.find((one: { affiliate: string }) => one.affiliate === "maya");
  const failure = `${orbit}/${april.id}/statements/${maya.id}/fail`;
  await command("2026-04-16 09:00", failure, "april-fail", { reason: "Limit reached" });
  await command("2026-04-16 10:00", `${orbit}/${april.id}/pay`, "april-pay");

  const may = await command("2026-05-15 09:00", orbit, "may", { month: "2026-05" });
  kept.runs["orbit 2026-05"] = may.id;
  await command("2026-05-15 10:00", `${orbit}/${may.id}/cancel`, "may-cancel");

  const hatch = "/v1/programs/hatch/payouts/runs";
  const paid = await command("2026-03-10 09:00", hatch, "hatch-march", { month: "2026-03" });
  kept.runs["hatch 2026-03"] = paid.id;
  const finance = { key: kept.keys.finance };
  await command("2026-03-10 10:00", `${hatch}/${paid.id}/approve`, "hatch-approve", undefined, finance);
  await command("2026-03-11 10:00", `${hatch}/${paid.id}/pay`, "hatch-pay");
}

/** Retention, the nightly check, an erased affiliate and dead clicks. */
async function keepHouse({ player }: Story): Promise<void> {
  await player.hour("2026-04-20 03:07");
  await player.must("2026-05-20 10:00", "POST", "/v1/affiliates/nils/erase");
  await player.deliverDeadClicks("2026-06-01 10:00", [[{ id: "unreadable" }]]);
  const visitor = newVisitor(110);
  await player.visit("2026-06-01 10:10", visitor, `${ORIGIN}/leo`);
  const { clicks } = await player.take();
  await player.server.control("faults", ["store clicks"]);
  await player.deliverDeadClicks("2026-06-01 10:20", clicks, 20);
  await player.server.control("faults", []);
}
