/** The API's list of conversions: every filter, pages while sales arrive, and what each row says. */
import { beforeAll, expect, test } from "vitest";
import { command, makePayable, payMonth, refundOf, storyWithSales } from "../support/payout-story.ts";
import { admin, click, eventually, postEvent, sale, setUp } from "../support/story.ts";

type Story = Awaited<ReturnType<typeof setUp>>;

let story: Story;
let other: Story;
/** The conversions' ids by name. */
const ids: Record<string, string> = {};

const send = async (endpoint: Story["endpoint"], name: string, event: Record<string, unknown>) => {
  const { status, json } = await postEvent(endpoint, event);
  expect(status, JSON.stringify(json)).toBe(200);
  ids[name] = json.conversion;
};

beforeAll(async () => {
  story = await setUp({ affiliates: 2 });
  other = await setUp({ affiliates: 1 });
  const { endpoint, a, b, program } = story;
  const { json: testMode } = await admin("POST", `/v1/programs/${program}/endpoints`, {
    source: "standard",
    test: true,
  });
  const refer = {
    type: "referral",
    affiliate: b.username,
    occurred_at: "2026-01-01T00:00:00Z",
    customer: { id: "c2" },
  };
  expect((await postEvent(endpoint, refer)).status).toBe(200);
  const { token } = await click(a.slug);
  await send(endpoint, "clicked", sale({ click: token, customer: { id: "c1" }, payment: "p1" }));
  const at = (occurred_at: string, id: string, payment: string) => sale({ occurred_at, customer: { id }, payment });
  await send(endpoint, "referred", at("2026-01-05T00:00:00Z", "c2", "p2"));
  await send(endpoint, "nobody's", at("2026-01-06T23:59:59.999Z", "c3", "p3"));
  const lead = { type: "lead", occurred_at: "2026-01-07T00:00:00Z", customer: { id: "c3" } };
  await send(endpoint, "lead", lead);
  await send(testMode, "test", at("2026-01-05T00:00:00Z", "c1", "p1"));
  await send(other.endpoint, "elsewhere", at("2026-01-05T12:00:00Z", "c1", "p1"));
  await eventually(async () => {
    const real = await list(`program=${program}`);
    expect(real.length + (await list("test=true")).length + (await list(`program=${other.program}`)).length).toBe(6);
  });
});

async function list(query: string): Promise<Record<string, unknown>[]> {
  const { status, json } = await admin("GET", `/v1/conversions?${query}`);
  expect(status, JSON.stringify(json)).toBe(200);
  return json.data;
}

const namesOf = (rows: readonly Record<string, unknown>[]) =>
  rows.map(({ id }) => Object.entries(ids).find(([, one]) => one === id)?.[0]);

const real = ["clicked", "lead", "nobody's", "referred"];

test.each<[string, string[]]>([
  ["program=P", real],
  ["program=P&sort=occurred_at", real.toReversed()],
  ["", ["clicked", "lead", "nobody's", "elsewhere", "referred"]],
  ["program=P&affiliate=A", ["clicked"]],
  ["affiliate=B", ["referred"]],
  ["program=P&link=L", ["clicked"]],
  ["link=L&host=", ["clicked"]],
  ["program=P&affiliate=B&link=M", []],
  ["program=P&type=lead", ["lead"]],
  ["program=P&type=trial", []],
  ["program=P&from=2026-01-06&to=2026-01-06", ["nobody's"]],
  ["program=P&to=2026-01-05", ["referred"]],
  ["program=P&from=2026-01-07", ["clicked", "lead"]],
  ["program=P&customer=c3", ["lead", "nobody's"]],
  ["customer=c1", ["clicked", "elsewhere"]],
  ["customer=c", []],
  ["program=P&payment=p1", ["clicked"]],
  ["payment=p1", ["clicked", "elsewhere"]],
  ["payment=p", []],
  ["program=P&credited=true", ["clicked", "referred"]],
  ["program=P&credited=false", ["lead", "nobody's"]],
  ["program=P&test=true", ["test"]],
  ["program=P&test=true&customer=c1&payment=p1&type=sale&credited=false", ["test"]],
  ["program=Q&affiliate=A", []],
  ["program=P&customer=c3&type=sale&from=2026-01-06&to=2026-01-06&credited=false", ["nobody's"]],
])("%s", async (query, expected) => {
  const { program, a, b } = story;
  const words = { P: program, Q: other.program, A: a.username, B: b.username, L: a.slug, M: b.slug };
  const filled = query.replaceAll(/=([A-Z])\b/g, (_, word: keyof typeof words) => `=${words[word]}`);
  expect(namesOf(await list(filled))).toEqual(expected);
});

test.each([
  ["program=nowhere", "program_not_found", "program"],
  ["affiliate=nobody", "affiliate_not_found", "affiliate"],
  ["link=nothing", "link_not_found", "link"],
  ["type=refund", "invalid_type", "type"],
  ["from=yesterday", "invalid_from", "from"],
  ["from=2026-02-02&to=2026-02-01", "invalid_from", "from"],
  ["to=2026-02-30", "invalid_to", "to"],
  ["credited=yes", "invalid_credited", "credited"],
  ["sort=amount", "invalid_sort", "sort"],
  ["sort=--occurred_at", "invalid_sort", "sort"],
  ["cursor=W10", "invalid_cursor", "cursor"],
  ["affiliate=B&link=L", "filters_contradict", "link"],
  ["program=Q&link=L", "filters_contradict", "link"],
  ["affiliate=A&credited=false", "filters_contradict", "credited"],
])("refuses %s: %s", async (query, code, field) => {
  const { a, b } = story;
  const words = { Q: other.program, A: a.username, B: b.username, L: a.slug };
  const filled = query.replaceAll(/=([A-Z])\b/g, (_, word: keyof typeof words) => `=${words[word]}`);
  const { status, json } = await admin("GET", `/v1/conversions?${filled}`);
  expect([status, json.code, json.field]).toEqual([422, code, field]);
});

test("a row names customer, credit and commission", async () => {
  const [row] = await list(`program=${story.program}&payment=p1`);
  expect(row).toMatchObject({
    ...{ customer: "c1", payment: "p1", attributed_to: story.a.username, link: story.a.slug, reason: "last_click" },
    commission: { amount: 3_960, currency: "USD", state: "reserve" },
  });
  expect((await admin("GET", `/v1/conversions/${ids.clicked}`)).json).toMatchObject(row ?? {});
  expect(await list(`program=${story.program}&payment=p3`)).toMatchObject([{ commission: null, attributed_to: null }]);
});

test("a cursor is refused with other filters, another sort and another list", async () => {
  const first = (await admin("GET", `/v1/conversions?program=${story.program}&limit=1`)).json;
  const { next } = first;
  const follow = async (query: string) => (await admin("GET", `/v1/${query}&cursor=${next}`)).json;
  expect(namesOf((await follow(`conversions?limit=2&program=${story.program}`)).data)).toEqual(real.slice(1, 3));
  for (const query of [
    `conversions?program=${other.program}`,
    "conversions?limit=1",
    `conversions?program=${story.program}&type=sale`,
    `conversions?program=${story.program}&sort=occurred_at`,
    `links?program=${story.program}`,
  ]) {
    expect(await follow(query)).toMatchObject({ code: "invalid_cursor", field: "cursor" });
  }
  const isSame = await follow(`conversions?program=${story.program}&sort=-occurred_at&limit=1`);
  expect(namesOf(isSame.data)).toEqual(real.slice(1, 2));
});

test("a commission is due after its hold, then paid; a refunded one is reversed", async () => {
  const { program, a, runs, sales, endpoint } = await storyWithSales("kartra", [
    "2026-01-05",
    "2026-01-06",
    "2026-01-07",
  ]);
  await makePayable(a.username);
  const statesOf = async () => {
    const { json } = await admin("GET", `/v1/conversions?program=${program}&sort=occurred_at`);
    return json.data.map(({ commission }: { commission: { state: string } }) => commission.state);
  };
  expect(await statesOf()).toEqual(["due", "due", "due"]);
  const refund = refundOf(sales[1]?.event ?? {}, 40_000, "2026-01-20T00:00:00Z");
  expect((await postEvent(endpoint, refund)).status).toBe(200);
  await eventually(async () => expect(await statesOf()).toEqual(["due", "reversed", "due"]));
  await payMonth(runs, "2026-03");
  await eventually(async () => expect(await statesOf()).toEqual(["paid", "reversed", "paid"]));
  // A refund after the payment leaves what was paid.
  await postEvent(endpoint, refundOf(sales[2]?.event ?? {}, 10_000, "2026-03-20T00:00:00Z"));
  await postEvent(endpoint, refundOf(sales[0]?.event ?? {}, 40_000, "2026-03-20T00:00:00Z"));
  await eventually(async () => expect(await statesOf()).toEqual(["reversed", "reversed", "paid"]));
  expect((await command(`${runs}`, { month: "2026-04" })).status).toBe(201);
  expect(await statesOf()).toEqual(["reversed", "reversed", "paid"]);
});
