/** The last two days of the old release, which leave unfinished work that the new release must continue. */
import { monthly, saleOf } from "../events.ts";
import { ENDS_AT, type LeftBehind } from "../fixture.ts";
import { newVisitor, ORIGIN, readCookies, type Visitor } from "../player.ts";
import type { Story } from "./story.ts";

/** Plays the last two days. */
export async function leaveUnfinished(story: Story): Promise<LeftBehind> {
  const sessions = { maya: await signIn(story, "maya"), leo: await signIn(story, "leo") };
  await chooseNotifications(story, sessions);
  const unsubscribe_url = await tellLeo(story);
  await draftRuns(story);
  await leaveDeliveries(story);
  const sign_in_token = await createSignInToken(story, "maya", "2026-06-16 08:00");
  const clicks = await leaveClicks(story, sessions.leo);
  const { ada, returning, without_cookies, consenting } = story.kept.visitors;
  const visitors = onlyGiven({ ada, returning, without_cookies, consenting });
  return { ...story.kept, visitors, sessions, sign_in_token, unsubscribe_url, clicks };
}

function onlyGiven(visitors: Record<string, Visitor | undefined>): Record<string, Visitor> {
  const given = Object.entries(visitors).flatMap(([name, visitor]) => (visitor === undefined ? [] : [[name, visitor]]));
  return Object.fromEntries(given);
}

async function createSignInToken({ player }: Story, username: string, at: string): Promise<string> {
  const { url } = await player.must(at, "POST", `/v1/affiliates/${username}/sign-in-link`);
  return new URL(url).searchParams.get("token") ?? "";
}

async function signIn(story: Story, username: string): Promise<Record<string, string>> {
  const at = "2026-06-14 08:00";
  const token = await createSignInToken(story, username, at);
  return readCookies(await story.player.form(at, "/app/sign-in", { token }));
}

async function chooseNotifications({ player }: Story, sessions: Record<string, Record<string, string>>) {
  const choice = { sales: "daily", payouts: "no" };
  const cookies = { ...sessions.maya, lc_zone: "Europe%2FBerlin" };
  await player.form("2026-06-14 09:00", "/app/account/notifications", choice, cookies);
}

/** A sale that is emailed to its affiliate; returns the email's link to stop all emails. */
async function tellLeo(story: Story): Promise<string> {
  const { player } = story;
  await story.click("2026-06-15 10:00", "lea", "/leo?sub1=june");
  await story.sale("2026-06-15 10:05", "lea-1", "cus_lea", 10_000, { click: story.token("lea"), ...monthly("lea") });
  await player.minute("2026-06-15 10:08");
  await player.take();
  const email = player.emails.findLast(({ to }) => to === "leo@affiliates.example");
  const url = /<([^>]+)>/.exec(email?.headers["List-Unsubscribe"] ?? "")?.[1];
  if (url === undefined) throw new Error("leo got no email");
  return url;
}

/** One run waits for its approval, and the other one's draft was interrupted. */
async function draftRuns({ player, kept }: Story): Promise<void> {
  const at = "2026-06-15 12:00";
  const drafted = await player.must(at, "POST", "/v1/programs/orbit/payouts/runs", {}, { idempotency_key: "june" });
  kept.runs["orbit 2026-06"] = drafted.id;
  await player.server.control("faults", ["draft 2:2"]);
  const path = "/v1/programs/hatch/payouts/runs";
  await player.call(at, "POST", path, {}, { idempotency_key: "hatch-june" });
  await player.server.control("faults", []);
  const { data } = await player.must(at, "GET", path);
  if (data[0].status !== "drafting") throw new Error(`the run is ${data[0].status}`);
  kept.runs["hatch 2026-06"] = data[0].id;
}

async function leaveDeliveries(story: Story): Promise<void> {
  const { player } = story;
  const faults = (names: string[]) => player.server.control("faults", names);
  const early = { type: "refund", customer: { id: "cus_zoe" }, payment: "pay_zoe-1", amount: 2_000, currency: "USD" };
  await story.event("2026-06-16 08:05", "zoe-refund", { ...early, refund: "re_zoe" });
  await story.postback("2026-06-16 08:06", { event: "refund", txid: "T2", amount: "5.00" }, "waiting");
  await story.click("2026-06-16 08:10", "sam", "/omar?sub1=june");
  await faults(["record 1:id:cus_sam"]);
  const sam = saleOf("sam-1", "cus_sam", 11_000, { click: story.token("sam"), ...monthly("sam") });
  await story.event("2026-06-16 08:12", "sam-1", sam, { status: "spooled" });
  await faults([]);
  await story.event("2026-06-16 08:15", "ivy-lead", { type: "lead", customer: { email: "ivy@mail.example" } });
  await story.event("2026-06-16 08:16", "ivy-trial", { type: "trial", customer: { id: "cus_ivy" } });
  await faults(["hand over"]);
  const ivy = saleOf("ivy-1", "cus_ivy", 6_000, { customer: { id: "cus_ivy", email: "ivy@mail.example" } });
  await story.event("2026-06-16 08:17", "ivy-1", ivy);
  // The customer's object has a sale that neither the account nor D1 has, and the account has entries that D1 lacks.
  await story.click("2026-06-16 08:20", "una", "/maya");
  await story.click("2026-06-16 08:21", "vic", "/ines");
  await faults(["relay 1:id:cus_una", "relay 1:3"]);
  await story.sale("2026-06-16 08:22", "una-1", "cus_una", 13_000, { click: story.token("una"), ...monthly("una") });
  await story.sale("2026-06-16 08:23", "vic-1", "cus_vic", 14_000, { click: story.token("vic"), ...monthly("vic") });
}

/** Clicks whose messages the queue has not delivered yet, and visitors who return after the upgrade. */
async function leaveClicks({ player, kept }: Story, leo: Record<string, string>): Promise<unknown[]> {
  const returning = newVisitor(120, { country: "DE" });
  await player.visit("2026-06-16 08:50", returning, "/maya?sub1=spring");
  kept.visitors.returning = returning;
  const without_cookies = newVisitor(121);
  await player.visit("2026-06-16 08:51", without_cookies, "/maya");
  kept.visitors.without_cookies = { ...without_cookies, cookies: {} };
  await player.visit("2026-06-16 08:52", newVisitor(122, { cookies: { ...leo } }), "/leo");
  const consenting = newVisitor(123, { country: "AT" });
  const landing = await player.visit("2026-06-16 08:53", consenting, "https://go.hatch.example/maya?lc_consent=1");
  kept.visitors.consenting = consenting;
  kept.tokens.consenting = landing.token;
  await player.visit(ENDS_AT, newVisitor(124, { user_agent: "Googlebot/2.1" }), `${ORIGIN}/maya-news`);
  return (await player.take()).clicks;
}
