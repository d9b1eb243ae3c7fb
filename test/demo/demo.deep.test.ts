import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { followLink, openApi } from "./demo-api.ts";
import type { DemoState, LastClick } from "./demo-state.ts";
import { postpone } from "./person.ts";
import { programOfToken } from "./program-of-token.ts";
import { chooseAnchor, planScenario } from "./scenario.ts";
import { seedDemo } from "./seed.ts";
import type { PeopleRequest } from "./seed-worker.ts";
import { openShop } from "./shop.ts";
import { countTotals, readTotals } from "./totals.ts";

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

let folder: string;
let server: DevServer;
let state: DemoState;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastclick-demo-"));
  server = await startDevServer({ persistTo: folder, main: "test/demo/seed-worker.ts" });
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("seeding gives the scenario's totals and shows its progress, and seeding again changes nothing", {
  tags: ["deep"],
}, async () => {
  const { origin } = server;
  const initial: DemoState = {
    anchor: chooseAnchor(Date.now()),
    vault_fingerprint: "",
    shop_origin: "http://localhost:8788",
    endpoints: {},
    program_ids: {},
    seeded: false,
    origin: null,
  };
  const saved: DemoState[] = [];
  const stages = new Map<string, number[]>();
  const seeded = await seedDemo({
    origin,
    state: initial,
    save: (state) => void saved.push(state),
    onProgress: (stage, progress) => stages.set(stage, [...(stages.get(stage) ?? []), progress?.done ?? 0]),
  });
  state = seeded.state;
  expect(seeded.totals).toEqual(countTotals(planScenario(initial.anchor)));
  expect(saved.map(({ endpoints, seeded }) => [Object.keys(endpoints), seeded])).toEqual([
    [["orbit", "harvest", "beacon"], false],
    [["orbit", "harvest", "beacon"], true],
  ]);
  expect([...stages.keys()]).toEqual([
    "Creating programs, affiliates and links",
    "Sending four weeks of clicks and sales",
    "Waiting until every report is up to date",
    "Drafting a payout run",
  ]);
  const done = stages.get("Sending four weeks of clicks and sales") ?? [];
  expect(done.length).toBeGreaterThan(10);
  expect(done).toEqual(done.toSorted((a, b) => a - b));

  const api = openApi(origin, server.adminToken);
  const conversions = await listConversions(api);
  const again = await seedDemo({ origin, state: { ...seeded.state, seeded: false }, save: () => {} });
  expect(again).toEqual(seeded);
  // No data arrives later.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await readTotals(api)).toEqual(seeded.totals);
  expect(await listConversions(api)).toEqual(conversions);
});

test("Maya sees the terms and creatives of her programs, and each ledger entry names its rule", {
  tags: ["deep"],
}, async () => {
  const api = openApi(server.origin, server.adminToken);
  const signIn = await api.call("POST", "/v1/affiliates/maya/sign-in-link");
  const url = new URL(String(signIn.json.url));
  const confirmation = await fetch(url, { headers: { "User-Agent": BROWSER } });
  expect(await confirmation.text()).toContain("Sign in as maya");
  const signedIn = await fetch(new URL("/app/sign-in", url), {
    method: "POST",
    redirect: "manual",
    headers: { "User-Agent": BROWSER, Origin: url.origin },
    body: url.searchParams,
  });
  const [cookie] = signedIn.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
  const terms: Record<string, string[]> = {
    orbit: [
      "Rule 1: 40% of each payment.",
      "A click counts for 30 days.",
      "Leaderboard",
      `Have a look: ${server.origin}/maya<`,
    ],
    harvest: [
      "Rule 2: 25% of each payment.",
      "Clicks never expire.",
      "Balances under €25.00 are carried over.",
      "Photos of the farm",
    ],
  };
  for (const [program, lines] of Object.entries(terms)) {
    const page = await fetch(`${server.origin}/app/program?program=${program}`, { headers: { Cookie: cookie ?? "" } });
    const html = await page.text();
    for (const line of lines) expect(html).toContain(line);
    const path = `/v1/programs/${program}/affiliates/maya/entries?limit=200`;
    const { data } = await api.read<{ data: { explanation: string | null }[] }>(path);
    expect(data.length).toBeGreaterThan(5);
    for (const { explanation } of data) expect(explanation).toMatch(/% of [$€][\d.]+ by rule \d of terms version 1: /);
  }
});

test("the shop stores the click, sends the sale and shows who is credited; the same order counts once", {
  tags: ["deep"],
}, async () => {
  const api = openApi(server.origin, server.adminToken);
  const clicks: LastClick[] = [];
  const { endpoints } = state;
  const shop = await openShop({ port: 0, api, endpoints, onClick: (click) => void clicks.push(click) });
  const { token } = await followLink(`${server.origin}/jonas-video`, { headers: { "User-Agent": BROWSER } });
  const landing = await fetch(`${shop.origin}/orbit?lc_click=${token}`);
  expect(await landing.text()).toContain(`npm run demo:sale -- ${token}`);
  expect(clicks).toEqual([{ program: "orbit", token }]);
  expect(programOfToken(token ?? "", state.program_ids)).toBe("orbit");

  // A visit without the click in its URL: the shop's cookie contains it.
  const cookie = landing.headers.get("set-cookie")?.split(";")[0] ?? "";
  const later = await (await fetch(`${shop.origin}/orbit`, { headers: { Cookie: cookie } })).text();
  const fields = [...later.matchAll(/name="(order|click)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  expect(Object.fromEntries(fields)).toMatchObject({ click: token });
  const body = new URLSearchParams(fields as [string, string][]);
  const buy = async () => (await fetch(`${shop.origin}/orbit/buy`, { method: "POST", body })).text();
  const bought = await buy();
  expect(bought).toContain("<dd>recorded</dd>");
  expect(bought).toContain("<dd>jonas</dd>");
  expect(bought).toContain("link jonas-video (video), clicked less than a minute earlier");
  expect(bought).toContain(`${server.origin}/app/sign-in?token=`);
  expect(await buy()).toContain("<dd>duplicate</dd>");
  shop.close();
});

test("invalid input to the shop is shown as text and not stored", { tags: ["deep"] }, async () => {
  const clicks: LastClick[] = [];
  const api = openApi(server.origin, server.adminToken);
  const shop = await openShop({ port: 0, api, endpoints: {}, onClick: (click) => void clicks.push(click) });
  const page = await (await fetch(`${shop.origin}/orbit?lc_click=${encodeURIComponent('"><script>')}`)).text();
  expect(page).not.toContain("<script");
  expect(clicks).toEqual([]);
  expect((await fetch(`${shop.origin}/nowhere`)).status).toBe(404);
  shop.close();
});

test("an event that the database has with other content gives an error with a fix", { tags: ["deep"] }, async () => {
  const [customer] = planScenario(state.anchor).people;
  if (customer === undefined) throw new Error("The scenario has no people.");
  const people = [postpone(customer, 1_000)];
  const body = JSON.stringify({ people, concurrency: 1, endpoints: state.endpoints } satisfies PeopleRequest);
  const response = await fetch(`${server.origin}/demo/people`, { method: "POST", body });
  expect(response.status).toBe(422);
  expect(await response.text()).toContain("The database has event evt_anna_1 with other content");
});

async function listConversions(api: ReturnType<typeof openApi>) {
  return (await api.read<{ data: unknown[] }>("/v1/conversions?limit=200")).data;
}
