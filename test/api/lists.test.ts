/** Programs and affiliates can be listed, searched and read. */
import { expect, test } from "vitest";
import { admin, eventually, postEvent, sale, setUp } from "../support/story.ts";
import { createKey } from "../support/users.ts";

const list = async (path: string) => (await admin("GET", path)).json;

async function listAll(path: string, limit: number): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for (let cursor = ""; ; ) {
    const page = await list(`${path}limit=${limit}${cursor}`);
    rows.push(...page.data);
    if (page.next === null) return rows;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

test("programs are listed by slug, in pages, and read one by one", async () => {
  const slugs: string[] = [];
  for (const _ of [1, 2, 3]) slugs.push((await setUp({ affiliates: 1 })).program);
  const rows = await listAll("/v1/programs?", 2);
  const found = rows.map(({ slug }) => String(slug));
  expect(found).toEqual(found.toSorted());
  for (const slug of slugs) expect(found.filter((one) => one === slug)).toHaveLength(1);
  const { json, status } = await admin("GET", `/v1/programs/${slugs[0]}`);
  const row = rows.find(({ slug }) => slug === slugs[0]);
  expect([status, json]).toEqual([200, { ...row, pending_payout_approvals: null }]);
  expect((await admin("GET", "/v1/programs/nowhere")).json.code).toBe("program_not_found");
});

test("affiliates are found by a part of the name or username, and by email", async () => {
  const { a, b } = await setUp({ affiliates: 2 });
  const mine = `z-${a.username}`.slice(0, 39);
  const body = { username: mine, name: "Zoë 100% O’Hara_", email: `${mine}@example.com`, sponsor: b.username };
  const { json: made } = await admin("POST", "/v1/affiliates", body);
  expect(await list(`/v1/affiliates/${mine.toUpperCase()}`)).toEqual(made);
  const search = async (query: string) => (await list(`/v1/affiliates?${query}`)).data;
  expect(await search(`q=${encodeURIComponent("100% o’hara_")}`)).toEqual([made]);
  expect(await search(`q=${mine.slice(2)}`)).toEqual(expect.arrayContaining([made]));
  expect(await search("q=100_")).toEqual([]);
  expect(await search(`email=${mine.toUpperCase()}@Example.com`)).toEqual([made]);
  expect(await search(`email=${mine}@example.co`)).toEqual([]);
  const all = await listAll("/v1/affiliates?", 2);
  const usernames = all.map(({ username }) => String(username));
  expect(usernames).toEqual([...new Set(usernames)].sort());
  expect(usernames).toEqual(expect.arrayContaining([a.username, b.username, mine]));
  expect((await admin("GET", "/v1/affiliates/nobody-at-all")).json.code).toBe("affiliate_not_found");
  expect((await admin("GET", "/v1/affiliates?cursor=%20")).json.code).toBe("invalid_cursor");
});

test.each([
  ["Ömer Öztürk", ["Ömer", "ömer öz", "ÖMER ÖZTÜRK", "öZTÜ"], ["omer", "Ömér"]],
  ["Άλέξανδρος", ["άλέξ", "ΛΈΞΑΝΔΡ", "δρος"], ["alex"]],
  ["Ольга Кузнецова-Щербатова", ["ольга кузнецова-щербатова", "ЩЕРБАТОВА"], ["ольг "]],
  ["İpek Straße ſK", ["İpek", "straße", "ſK"], ["strasse"]],
  ["安娜 O'Hara", ["安娜", "o'hara"], ["安'"]],
])("an affiliate named %s is found in any case", async (name, found, missed) => {
  const { program, a } = await setUp({ affiliates: 1 });
  await admin("PATCH", `/v1/affiliates/${a.username}`, { name });
  const search = async (q: string) => {
    const { data } = await list(`/v1/affiliates?program=${program}&q=${encodeURIComponent(q)}`);
    return data.map((row: { name: string }) => row.name);
  };
  for (const q of found) expect(await search(q), q).toEqual([name]);
  for (const q of missed) expect(await search(q), q).toEqual([]);
});

test("a key that is limited to programs lists only what is in them", async () => {
  const [mine, others] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
  for (const { program, a, endpoint } of [mine, others]) {
    await admin("POST", "/v1/coupons", { program, affiliate: a.username, code: `SAVE-${program}` });
    await postEvent(endpoint, sale({ customer: { id: "same" }, payment: "same" }));
  }
  await eventually(async () => expect(await list("/v1/conversions?payment=same")).toMatchObject({ data: [{}, {}] }));
  const { call } = await createKey({ role: "viewer", programs: [mine.program] });
  const read = async (path: string) => {
    const { status, json } = await call("GET", `/v1${path}`);
    return status === 200 ? json.data : json.code;
  };
  expect((await read("/programs")).map(({ slug }: { slug: string }) => slug)).toEqual([mine.program]);
  expect((await read("/affiliates")).map(({ username }: { username: string }) => username)).toEqual([mine.a.username]);
  const lists = ["/links", "/coupons", "/conversions", "/conversions?customer=same", "/conversions?payment=same"];
  for (const path of [...lists, `/links?program=${mine.program}`, `/conversions?affiliate=${mine.a.username}`]) {
    const rows: { program: string }[] = await read(path);
    expect([path, [...new Set(rows.map(({ program }) => program))]]).toEqual(
      // Nobody is credited with the sale.
      [path, path.includes("affiliate=") ? [] : [mine.program]],
    );
  }
  for (const path of ["/links", "/coupons", "/conversions", "/affiliates"]) {
    expect(await read(`${path}?program=${others.program}`)).toBe("program_not_found");
  }
  for (const path of ["/links", "/coupons", "/conversions"]) {
    expect(await read(`${path}?affiliate=${others.a.username}`)).toBe("affiliate_not_found");
  }
  expect(await read(`/conversions?link=${others.a.slug}`)).toBe("link_not_found");
  expect(await read(`/programs/${others.program}/enrollments`)).toBe("program_not_found");
  expect(await read(`/programs/${mine.program}/enrollments`)).toMatchObject([{ affiliate: mine.a.username }]);
});
