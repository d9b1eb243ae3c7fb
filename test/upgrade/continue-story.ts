/**
 * The story after the upgrade. The old release has also played it from the state in the fixture, and the new release must give
 * the same answers.
 */
import { createApprover } from "./approvers.ts";
import { monthly, saleOf, takeBackOf } from "./events.ts";
import type { LeftBehind } from "./fixture.ts";
import { type Landing, type Player, readAnswer, readCookies } from "./player.ts";
import { withoutExplanation, withoutWords } from "./without-words.ts";

/** The answer to each step, by name. */
export type Steps = Record<string, unknown>;

/** The time after all steps, when the answers of `read-answers.ts` are read. */
export const OVER_AT = "2026-06-16 12:00";

/** Plays the steps after the upgrade. */
export async function continueStory(player: Player, left: LeftBehind): Promise<Steps> {
  return {
    ...(await takeUpWork(player, left)),
    ...(await postEvents(player, left)),
    ...(await repeatCommands(player, left)),
    ...(await comeBack(player, left)),
    ...(await usePortal(player, left)),
    ...(await payOut(player, left)),
    ...(await keepHouse(player, left)),
  };
}

/** Work in progress: messages of the queue, delivered twice as queues may do, and work that the crons find. */
async function takeUpWork(player: Player, { clicks }: LeftBehind): Promise<Steps> {
  await player.deliverClicks("2026-06-16 09:05", clicks);
  await player.deliverClicks("2026-06-16 09:06", clicks, 2);
  await player.minute("2026-06-16 09:10");
  return {};
}

async function postEvents(player: Player, { endpoints, events, tokens }: LeftBehind): Promise<Steps> {
  const steps: Steps = {};
  const at = "2026-06-16 09:20";
  const post = async (id: string, event: Record<string, unknown>, endpoint = endpoints.orbit) => {
    steps[`event ${id}`] = withoutWords(await player.event(at, endpoint, id, event));
  };
  const again = async (id: string, changes: Record<string, unknown> = {}) => {
    const name = Object.keys(changes).length === 0 ? "again" : "with other content";
    const event = { ...events[id], ...changes };
    steps[`event ${id} ${name}`] = withoutWords(await player.event(at, endpoints.orbit, id, event));
  };
  await again("ada-1");
  await again("ada-1", { amount: 9_901 });
  await again("cia-refund");
  await again("sam-1");
  await post("ada-1-twice", events["ada-1"] ?? {});
  await post("ada-1-differs", { ...events["ada-1"], amount: 1 });
  await post("new-1", saleOf("new-1", "cus_new", 15_000, { click: tokens.cia, ...monthly("new") }));
  await post("forged-2", saleOf("forged-2", "cus_forged2", 5_000, { click: `A${tokens.cia?.slice(1, -4)}AAAA` }));
  await post("own-2", saleOf("own-2", "cus_own2", 5_000, { click: tokens.own, payer: "card-omar" }));
  await post("ada-4", saleOf("ada-4", "cus_ada", 9_900, monthly("ada")));
  await post("fay-2", saleOf("fay-2", "cus_fay", 8_000, { currency: "EUR", ...monthly("fay") }));
  await post("tia-2", saleOf("tia-2", "cus_tia", 15_000, monthly("tia")));
  await post("una-2", saleOf("una-2", "cus_una", 13_000, monthly("una")));
  await post("zoe-1", saleOf("zoe-1", "cus_zoe", 9_000, { click: tokens.ben }));
  await post("ivy-2", saleOf("ivy-2", "", 6_000, { customer: { email: "ivy@mail.example" } }));
  await post("ada-refund", { ...takeBackOf(events["ada-3"], 4_950), type: "refund", refund: "re_ada" });
  await post("dan-chargeback", { ...takeBackOf(events["dan-1"], 60_000), type: "chargeback", refund: "cb_dan" });
  const euros = { currency: "EUR" };
  await post("gus-3", saleOf("gus-3", "cus_gus", 20_000, euros), endpoints.hatch);
  await post("con-1", saleOf("con-1", "cus_con", 30_000, { click: tokens.consenting, ...euros }), endpoints.hatch);
  await post("hal-3", saleOf("hal-3", "cus_hal", 40_000, { ...euros, ...monthly("hal") }), endpoints.hatch);
  const { id, secret } = endpoints.postback;
  const paid = { event: "sale", txid: "T2", amount: "25.00", currency: "USD", customer_id: "u2" };
  const query = new URLSearchParams({ endpoint: id, key: secret, ...paid, click_id: tokens.kim ?? "" });
  steps["postback T2"] = withoutWords(await readAnswer(await player.send(at, `/v1/postback?${query}`)));
  return steps;
}

/** Commands sent to the old release are recognized as the same commands. */
async function repeatCommands(player: Player, { conversions, runs, keys }: LeftBehind): Promise<Steps> {
  const steps: Steps = {};
  const repeat = async (idempotency_key: string, path: string, body?: unknown) => {
    const answer = await player.call("2026-06-16 09:30", "POST", path, body, { idempotency_key });
    steps[`command ${idempotency_key}`] = withoutExplanation(answer);
  };
  const adjustments = "/v1/programs/orbit/affiliates/leo/adjustments";
  await repeat("video", adjustments, { amount: 2_000, currency: "USD", reason: "Best video of January" });
  await repeat("fee", adjustments, { amount: -501, currency: "USD", reason: "Returned goods" });
  const dispute = { affiliate: "maya", reason: "Ada wrote to Maya first" };
  await repeat("dispute-tia", `/v1/conversions/${conversions["tia-1"]}/disputes`, dispute);
  const guide = { kind: "resource", title: "Guide", url: "https://cdn.example/guide.pdf" };
  await repeat("guide", "/v1/programs/orbit/creatives", guide);
  const orbit = "/v1/programs/orbit/payouts/runs";
  await repeat("march", orbit, { month: "2026-03" });
  await repeat("march-pay", `${orbit}/${runs["orbit 2026-03"]}/pay`);
  await repeat("april-pay", `${orbit}/${runs["orbit 2026-03"]}/pay`);
  const named = (key: string) => player.call("2026-06-16 09:31", "GET", "/v1/keys", undefined, { key });
  steps["key finance"] = withoutWords(await named(keys.finance));
  steps["key revoked"] = withoutWords(await named(keys.revoked));
  return steps;
}

/** Visitors whose browsers have cookies from the old release. */
async function comeBack(player: Player, { visitors, sessions }: LeftBehind): Promise<Steps> {
  const { returning, without_cookies, consenting, ada } = visitors;
  if (!returning || !without_cookies || !consenting || !ada) throw new Error("the fixture lacks a visitor");
  const steps: Steps = {};
  const visit = async (name: string, ...visit: Parameters<Player["visit"]>) => {
    steps[`visit ${name}`] = describeLanding(await player.visit(...visit));
  };
  await visit("with a cookie within the hour", "2026-06-16 09:40", returning, "/maya?sub1=spring");
  await visit("without a cookie within the hour", "2026-06-16 09:41", without_cookies, "/maya");
  await visit("with a cookie of January", "2026-06-16 09:42", ada, "/maya");
  await visit("with a cookie of another link", "2026-06-16 09:43", ada, "/ines");
  await visit("with a cookie and no consent", "2026-06-16 09:44", consenting, "https://go.hatch.example/maya");
  const leo = { ...without_cookies, ip: "203.0.113.130", cookies: { ...sessions.leo } };
  await visit("by the affiliate itself", "2026-06-16 09:45", leo, "/leo");
  await visit("with a cookie after the hour", "2026-06-16 10:50", returning, "/maya?sub1=spring");
  await visit("of an ended link", "2026-06-16 10:51", returning, "/omar-sale");
  await visit("of a full link", "2026-06-16 10:52", returning, "/tess");
  await player.flush("2026-06-16 10:53");
  return steps;
}

/** A landing without its random parts. */
function describeLanding({ status, location, token, set_cookie }: Landing) {
  const hide = (text: string | null) => (token === "" ? text : (text?.replaceAll(token, "<token>") ?? null));
  return {
    status,
    location: hide(location)?.replace(/click=[0-9a-f]{32}/, "click=<id>") ?? null,
    set_cookie: hide(set_cookie),
  };
}

/** Affiliates with a session, a sign-in link or an email from the old release. */
async function usePortal(player: Player, left: LeftBehind): Promise<Steps> {
  const steps: Steps = {};
  const at = "2026-06-16 11:00";
  const page = async (affiliate: "maya" | "leo", path: string) => {
    const { status } = await player.page(at, path, left.sessions[affiliate] ?? {});
    steps[`page ${path} of ${affiliate}`] = { status };
  };
  const pages = ["", "/links", "/conversions", "/reports", "/referred", "/payouts", "/program", "/account"];
  for (const path of pages) await page("maya", `/app${path}`);
  await page("maya", "/app/payouts/1?program=orbit");
  await page("maya", `/app/conversions/${left.conversions["tia-1"]}`);
  await page("leo", `/app/conversions/${left.conversions["ben-1"]}`);
  steps["page of nobody"] = { status: (await player.page(at, "/app", {})).status };

  const opened = await player.page(at, `/app/sign-in?token=${left.sign_in_token}`, {});
  const signedIn = await player.form(at, "/app/sign-in", { token: left.sign_in_token });
  const used = await player.form(at, "/app/sign-in", { token: left.sign_in_token });
  const session = await player.page(at, "/app/account", readCookies(signedIn));
  steps["sign-in link"] = [opened, signedIn, used, session].map(({ status }) => status);

  const looked = await player.send(at, left.unsubscribe_url);
  const ended = await player.send(at, left.unsubscribe_url, { method: "POST" });
  const forged = await player.send(at, `${left.unsubscribe_url.slice(0, -4)}AAAA`, { method: "POST" });
  steps["unsubscribe link"] = [looked, ended, forged].map(({ status }) => status);
  return steps;
}

/** The drafted run, and the one whose draft was interrupted. */
async function payOut(player: Player, { runs, keys }: LeftBehind): Promise<Steps> {
  const steps: Steps = {};
  const at = "2026-06-16 11:20";
  const command = async (program: string, step: string, key?: string, suffix = " by another key"): Promise<void> => {
    const path = `/v1/programs/${program}/payouts/runs/${runs[`${program} 2026-06`]}/${step}`;
    const by = {
      idempotency_key: `new-${program}-${step}${suffix === "" ? "-first" : ""}`,
      ...(key !== undefined && { key }),
    };
    const answer = await player.call(at, "POST", path, undefined, by);
    steps[`run of ${program}: ${step}${key === undefined ? "" : suffix}`] = withoutWords(answer);
  };
  await command("orbit", "pay");
  await command("orbit", "approve");
  await command("orbit", "pay", keys.finance);
  await command("hatch", "approve", await createApprover(player, at, "Lee"), "");
  await command("hatch", "approve", await createApprover(player, at, "Kim"));
  await command("hatch", "pay");
  return steps;
}

async function keepHouse(player: Player, { conversions }: LeftBehind): Promise<Steps> {
  const steps: Steps = {};
  const at = "2026-06-16 11:40";
  const call = async (path: string, body?: unknown) => {
    steps[`POST ${path} ${JSON.stringify(body ?? null)}`] = withoutWords(await player.call(at, "POST", path, body));
  };
  await call("/v1/dead-clicks/replay");
  await call("/v1/click-checks", { from: "2026-01-10", to: "2026-01-11" });
  await call("/v1/click-checks", { from: "2026-06-15", to: "2026-06-16" });
  const { body } = await player.call(at, "GET", "/v1/programs/orbit/deliveries?limit=200");
  const lea = body.data.find((one: { conversion: string }) => one.conversion === conversions["lea-1"]);
  await call(`/v1/programs/orbit/deliveries/${lea.id}/replay`);
  await player.hour("2026-06-16 11:45");
  await player.minute("2026-06-16 11:46");
  await player.take();
  const emails = player.emails.map(({ to, headers }) => ({ to, unsubscribe: headers["List-Unsubscribe"] }));
  steps.emails = emails.toSorted((a, b) => (a.to < b.to ? -1 : 1));
  player.emails.splice(0);
  return steps;
}
