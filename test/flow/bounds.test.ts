/** What the API stores and does at most, whatever it is sent. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { admin, click, postEvent, sale, send, setUp } from "../support/story.ts";

let story: Awaited<ReturnType<typeof setUp>>;
beforeAll(async () => {
  story = await setUp({ affiliates: 1 });
});

const urlOf = (characters: number) => "https://shop.example/".padEnd(characters, "x");
const patchLink = (changes: object) => admin("PATCH", `/v1/links/${story.a.slug}`, changes);
const patchProgram = (changes: object) => admin("PATCH", `/v1/programs/${story.program}`, changes);

describe("a URL has at most 2,048 characters", () => {
  const places: [string, (url: string) => ReturnType<typeof admin>, string][] = [
    ["a destination", (destination) => patchLink({ destination }), "destination"],
    [
      "a target's destination",
      (destination) => patchLink({ targets: [{ split: [{ destination }] }] }),
      "targets.0.split.0.destination",
    ],
    ["a fallback URL", (fallback_url) => patchProgram({ fallback_url }), "fallback_url"],
    ["a home URL", (home_url) => patchProgram({ home_url }), "home_url"],
  ];
  test.each(places)("%s", async (_, set, field) => {
    expect((await set(urlOf(2_048))).status).toBe(200);
    expect(await set(urlOf(2_049))).toMatchObject({ status: 422, json: { field, detail: `${field}: too long.` } });
    // Percent-encoding makes it longer.
    expect((await set(`${urlOf(2_000)}${"ü".repeat(40)}`)).status).toBe(422);
  });

  test("a longer deep link leads to the link's own destination", async () => {
    await patchLink({ destination: "https://shop.example/own", targets: null, deep_links: true });
    const { location } = await click(`${story.a.slug}?to=${encodeURIComponent(`/${"y".repeat(2_100)}`)}`);
    expect(location).toMatch(/^https:\/\/shop\.example\/own\?lc_click=/);
  });
});

test("all targets of a link together have at most 65,536 characters", async () => {
  const target = { split: Array.from({ length: 20 }, (_, n) => ({ destination: `${urlOf(400)}${n}` })) };
  expect((await patchLink({ targets: [target] })).status).toBe(200);
  const many = await patchLink({ targets: Array.from({ length: 50 }, () => target) });
  expect(many).toMatchObject({ status: 422, json: { field: "targets" } });
  const countries = Array.from({ length: 301 }, () => "DE");
  const wide = await patchLink({ targets: [{ ...target, countries }] });
  expect(wide).toMatchObject({ status: 422, json: { field: "targets.0.countries" } });
});

test("a body of the API has at most a megabyte, whatever its length header says", async () => {
  const body = JSON.stringify({ destination: urlOf(1_100_000) });
  const stream = new Blob([body]).stream();
  for (const sent of [body, stream]) {
    const response = await send(`/v1/links/${story.a.slug}`, {
      method: "PATCH",
      headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` },
      body: sent,
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: "body_too_large" });
  }
});

describe("terms", () => {
  const post = (path: string, body: object) => admin("POST", `/v1/programs/${story.program}/terms${path}`, body);
  const rates = (count: number, names: number) => [
    ...Array.from({ length: count }, (_, rule) => ({
      product: Array.from({ length: names }, (_, n) => `product-${rule}-${n}`),
      rate_bps: 1_000,
    })),
    { rate_bps: 500 },
  ];

  test("have at most 65,536 characters as JSON, and are refused before rules are compared", async () => {
    expect((await post("", { terms: { rates: rates(40, 50) } })).status).toBe(201);
    const refused = await post("", { terms: { rates: rates(400, 50) } });
    expect(refused).toMatchObject({ status: 422, json: { field: "terms" } });
    expect(refused.json.detail).toContain("at most 65536 characters");
  });

  test("have at most 20 milestones", async () => {
    const milestones = Array.from({ length: 21 }, (_, n) => ({ customers: n + 1, repeats: false, bonus: 1 }));
    expect(await post("", { terms: { milestones } })).toMatchObject({
      status: 422,
      json: { field: "terms.milestones" },
    });
  });

  test("are listed by pages", async () => {
    const { program } = await setUp({ affiliates: 1 });
    for (const hold_days of [1, 2]) await admin("POST", `/v1/programs/${program}/terms`, { terms: { hold_days } });
    const seen: [number, boolean][] = [];
    for (let cursor = ""; cursor !== "null"; ) {
      const query = cursor === "" ? "?limit=2" : `?limit=2&cursor=${cursor}`;
      const { json } = await admin("GET", `/v1/programs/${program}/terms${query}`);
      for (const { version, in_force } of json.data) seen.push([version, in_force]);
      cursor = String(json.next);
    }
    expect(seen).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    expect((await admin("GET", `/v1/programs/${program}/terms?limit=21`)).status).toBe(422);
  });

  test("a preview posts at most 1,000 entries", async () => {
    // A sale posts at most a hundred bonuses, of all milestones together.
    const bonus = { repeats: true, bonus: 1, clears: "own_hold", reversed: false };
    const milestones = [1, 2].map((commission) => ({ commission, ...bonus }));
    const sales = Array.from({ length: 100 }, (_, n) => ({
      occurred_at: new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString(),
      amount: 1_000_000,
    }));
    const refused = await post("/preview", { terms: { milestones, rates: [{ rate_bps: 1_000 }] }, sales });
    expect(refused).toMatchObject({ status: 422, json: { field: "sales" } });
    const few = await post("/preview", {
      terms: { milestones, rates: [{ rate_bps: 1_000 }] },
      sales: sales.slice(0, 5),
    });
    expect(few.status).toBe(200);
    expect(few.json.sales[0].entries).toHaveLength(101);
  });
});

test("endpoints are listed by pages", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const ids = [endpoint.id];
  for (let n = 0; n < 2; n += 1) {
    ids.push((await admin("POST", `/v1/programs/${program}/endpoints`, { source: "standard" })).json.id);
  }
  const first = (await admin("GET", `/v1/programs/${program}/endpoints?limit=2`)).json;
  const second = (await admin("GET", `/v1/programs/${program}/endpoints?limit=2&cursor=${first.next}`)).json;
  expect([first.data.length, second.data.length, second.next]).toEqual([2, 1, null]);
  expect([...first.data, ...second.data].map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
});

test("an event with ids that are too long is refused", async () => {
  const long = "i".repeat(201);
  for (const [field, change] of Object.entries({
    payment: { payment: long },
    "customer.id": { customer: { id: long } },
    "subscription.id": { subscription: { id: long, interval: "month" } },
  })) {
    expect(await postEvent(story.endpoint, sale(change))).toMatchObject({ status: 422, json: { field } });
  }
});
