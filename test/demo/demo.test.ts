import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevServer, startDevServer } from "../support/dev-server.ts";
import { followLink, openApi } from "./demo-api.ts";
import type { DemoMemory, LastClick } from "./demo-file.ts";
import { countStory, readFigures } from "./figures.ts";
import { programOfToken } from "./program-of-token.ts";
import { seedDemo } from "./seed.ts";
import { openShop } from "./shop.ts";
import { chooseAnchor, planStory } from "./story.ts";

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

let folder: string;
let server: DevServer;
let memory: DemoMemory;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "lastclick-demo-"));
  server = await startDevServer({ persistTo: folder, main: "test/demo/worker.ts" });
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("seeding gives the story's figures, and seeding again changes nothing", async () => {
  const first: DemoMemory = {
    anchor: chooseAnchor(Date.now()),
    vault_fingerprint: "",
    shop_origin: "http://localhost:8788",
    endpoints: {},
    program_ids: {},
    seeded: false,
    origin: null,
  };
  const kept: DemoMemory[] = [];
  const keep = (memory: DemoMemory) => void kept.push(memory);
  const seeded = await seedDemo({ server, memory: first, keep });
  memory = seeded.memory;
  expect(seeded.figures).toEqual(countStory(planStory(first.anchor)));
  expect(kept.map(({ endpoints, seeded }) => [Object.keys(endpoints), seeded])).toEqual([
    [["orbit"], false],
    [["orbit", "harvest"], false],
    [["orbit", "harvest"], true],
  ]);

  const api = openApi(server.origin, server.adminToken);
  const conversions = await listConversions(api);
  const again = await seedDemo({ server, memory: { ...seeded.memory, seeded: false }, keep });
  expect(again.figures).toEqual(seeded.figures);
  expect(again.memory).toEqual(seeded.memory);
  // Nothing that the first look had missed comes in afterwards.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(await readFigures(api)).toEqual(seeded.figures);
  expect(await listConversions(api)).toEqual(conversions);
});

test("Maya reads her programmes' terms and finds what to promote them with, and each entry says its rule", async () => {
  const api = openApi(server.origin, server.adminToken);
  const signIn = await api.call("POST", "/v1/affiliates/maya/sign-in-link");
  const url = new URL(String(signIn.json.url));
  const asked = await fetch(url, { headers: { "User-Agent": BROWSER } });
  expect(await asked.text()).toContain("Sign in as maya");
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
      "A click never expires.",
      "Less than €25.00 is not paid out",
      "Photographs of the farm",
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

test("the shop keeps the click, reports the sale and shows who got the credit; the same order counts once", async () => {
  const api = openApi(server.origin, server.adminToken);
  const kept: LastClick[] = [];
  const { endpoints } = memory;
  const shop = await openShop({ port: 0, api, endpoints, keepClick: (click) => void kept.push(click) });
  const { token } = await followLink(`${server.origin}/jonas-video`, { headers: { "User-Agent": BROWSER } });
  const landing = await fetch(`${shop.origin}/orbit?lc_click=${token}`);
  expect(await landing.text()).toContain(`npm run demo:sale -- ${token}`);
  expect(kept).toEqual([{ program: "orbit", token }]);
  expect(programOfToken(token ?? "", memory.program_ids)).toBe("orbit");

  // Coming back without the click on the URL: the shop's own cookie has it.
  const cookie = landing.headers.get("set-cookie")?.split(";")[0] ?? "";
  const later = await (await fetch(`${shop.origin}/orbit`, { headers: { Cookie: cookie } })).text();
  const fields = [...later.matchAll(/name="(order|click)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
  expect(Object.fromEntries(fields)).toMatchObject({ click: token });
  const body = new URLSearchParams(fields as [string, string][]);
  const buy = async () => (await fetch(`${shop.origin}/orbit/buy`, { method: "POST", body })).text();
  const bought = await buy();
  expect(bought).toContain("<dd>recorded</dd>");
  expect(bought).toContain("<dd>jonas</dd>");
  expect(bought).toContain("link jonas-video (video), clicked less than a minute before");
  expect(bought).toContain(`${server.origin}/app/sign-in?token=`);
  expect(await buy()).toContain("<dd>duplicate</dd>");
  shop.close();
});

test("what a stranger sends to the shop is shown as text and kept nowhere", async () => {
  const kept: LastClick[] = [];
  const api = openApi(server.origin, server.adminToken);
  const shop = await openShop({ port: 0, api, endpoints: {}, keepClick: (click) => void kept.push(click) });
  const page = await (await fetch(`${shop.origin}/orbit?lc_click=${encodeURIComponent('"><script>')}`)).text();
  expect(page).not.toContain("<script");
  expect(kept).toEqual([]);
  expect((await fetch(`${shop.origin}/nowhere`)).status).toBe(404);
  shop.close();
});

async function listConversions(api: ReturnType<typeof openApi>) {
  return (await api.read<{ data: unknown[] }>("/v1/conversions?limit=200")).data;
}
