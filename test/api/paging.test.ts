/** Lists while rows are added between their pages: each row that was there is shown once, in order, whatever the sort. */
import { expect, test } from "vitest";
import { calls } from "../../src/api/reference/calls.ts";
import { command } from "../support/payout-story.ts";
import { admin, eventually, postEvent, sale, setUp } from "../support/story.ts";

type Row = Record<string, unknown>;

interface List {
  path: string;
  /** Adds a row; the number is new each time. */
  add: (n: number) => Promise<unknown>;
  /** What tells the rows apart. */
  key: string;
  sorts: readonly string[];
}

const FIRST = 5;

async function post(path: string, body: unknown): Promise<void> {
  const { status, json } = await admin("POST", path, body);
  expect(status, JSON.stringify(json)).toBe(201);
}

/** Names in an order that isn't that of their creation. */
const nameOf = (n: number) => `${"kwbzqmadxg"[n % 10]}${n}`;

/** The lists that can be sorted, of a program of their own. */
async function setUpLists(): Promise<List[]> {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const affiliate = (n: number) => `${nameOf(n)}-x`;
  const create = (n: number) =>
    post("/v1/affiliates", { username: affiliate(n), name: "N", email: `${affiliate(n)}@example.com` });
  const runs = `/v1/programs/${program}/payouts/runs`;
  return [
    {
      path: "/v1/programs?",
      key: "slug",
      sorts: ["slug", "created_at"],
      add: (n) =>
        post("/v1/programs", {
          slug: `${nameOf(n)}-${program}`,
          name: "P",
          currency: "USD",
          destination_hosts: ["x.example"],
        }),
    },
    { path: "/v1/affiliates?", key: "username", sorts: ["username", "created_at"], add: create },
    {
      path: `/v1/programs/${program}/enrollments?`,
      key: "affiliate",
      sorts: ["created_at", "username"],
      add: async (n) => {
        await create(n + 1_000);
        await post(`/v1/programs/${program}/enrollments`, { affiliate: affiliate(n + 1_000) });
      },
    },
    {
      path: `/v1/links?program=${program}&`,
      key: "slug",
      sorts: ["created_at", "slug"],
      add: (n) =>
        post("/v1/links", { program, affiliate: a.username, slug: affiliate(n), destination: "https://shop.example/" }),
    },
    {
      path: `/v1/coupons?program=${program}&`,
      key: "code",
      sorts: ["code", "created_at"],
      add: (n) => post("/v1/coupons", { program, affiliate: a.username, code: nameOf(n) }),
    },
    {
      path: `/v1/conversions?program=${program}&`,
      key: "id",
      sorts: ["occurred_at"],
      add: async (n) => {
        // Of two sales each, both have the same time.
        const at = new Date(Date.UTC(2026, 0, 1 + (((n >> 1) * 7) % 20))).toISOString();
        await postEvent(endpoint, sale({ occurred_at: at, payment: nameOf(n) }));
        const found = () => admin("GET", `/v1/conversions?program=${program}&payment=${nameOf(n)}`);
        await eventually(async () => expect((await found()).json.data).toHaveLength(1));
      },
    },
    {
      path: `${runs}?`,
      key: "id",
      sorts: ["drafted_at", "month"],
      add: async (n) => {
        const { json } = await command(runs, { month: `2025-${String(1 + ((n * 7) % 12)).padStart(2, "0")}` });
        await command(`${runs}/${json.id}/cancel`);
      },
    },
  ];
}

const NO_LIST: List = { path: "/v1/none?", key: "id", sorts: ["id"], add: async () => {} };

async function readPage(path: string): Promise<{ data: Row[]; next: string | null }> {
  const { status, json } = await admin("GET", path);
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

/** Unique within this file. */
let added = 0;

test.each([0, 1, 2, 3, 4, 5, 6])("no row of list %i is skipped or repeated", async (place) => {
  const { path, key, sorts, add } = (await setUpLists())[place] ?? NO_LIST;
  const addNext = async () => {
    await add(added);
    added += 1;
  };
  for (let n = 0; n < FIRST; n += 1) await addNext();
  for (const sort of sorts.flatMap((field) => [field, `-${field}`])) {
    const before = (await readPage(`${path}sort=${sort}&limit=200`)).data.map((row) => row[key]);
    expect(before.length).toBeGreaterThanOrEqual(FIRST);
    const seen: Row[] = [];
    for (let cursor = "", pages = 0; ; pages += 1) {
      const page = await readPage(`${path}sort=${sort}&limit=2${cursor}`);
      seen.push(...page.data);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
      if (pages < 2) await addNext();
    }
    const keys = seen.map((row) => row[key]);
    expect(new Set(keys).size, `${path} ${sort}`).toBe(keys.length);
    expect(keys.filter((one) => before.includes(one))).toEqual(before);
    const field = sort.replace("-", "");
    const values = seen.map((row) => String(row[field] ?? row[key]));
    const sorted = values.toSorted((x, y) => (x < y ? -1 : x > y ? 1 : 0));
    expect(values, `${path} ${sort}`).toEqual(sort.startsWith("-") ? sorted.toReversed() : sorted);
  }
});

test("each list that can be sorted is among them", async () => {
  const sortable = calls.filter(({ query }) => query !== undefined && "sort" in query).map(({ route }) => route);
  const covered = (await setUpLists()).map(({ path }) => path.replace(/\?.*/, "").replace(/^\/v1/, ""));
  expect(covered.map((path) => path.replace(/^\/programs\/[^/]+/, "/programs/:program"))).toEqual(
    expect.arrayContaining(sortable.map((route) => route.replace(/^GET /, ""))),
  );
  expect([sortable.length, covered.length]).toEqual([7, 7]);
});
