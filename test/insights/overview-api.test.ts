/** The figures of a program's overview are what the API's lists add up to. */
import { expect, test } from "vitest";
import { admin, BROWSER, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

interface Row {
  type: string;
  amount: number | null;
  refunded: number;
  currency: string;
  attributed_to: string | null;
  link: string | null;
  commission: { amount: number } | null;
}

/** What the lists say of a part of a program. */
async function addUp(program: string, filter: Record<string, string>) {
  const query = new URLSearchParams({ program, limit: "200", ...filter });
  const rows: Row[] = (await admin("GET", `/v1/conversions?${query}`)).json.data;
  const credited = rows.filter(({ attributed_to }) => attributed_to !== null);
  const sumOf = (of: Row[], pick: (row: Row) => number) => of.reduce((sum, row) => sum + pick(row), 0);
  const inUsd = credited.filter(({ currency }) => currency === "USD");
  const countOf = (type: string) => credited.filter((row) => row.type === type).length;
  return {
    ...{ leads: countOf("lead"), trials: countOf("trial"), sales: countOf("sale") },
    revenue: sumOf(inUsd, (row) => (row.amount ?? 0) - row.refunded),
    commission: sumOf(credited, (row) => row.commission?.amount ?? 0),
  };
}

async function readOverview(program: string, query = "") {
  const { status, json } = await admin("GET", `/v1/programs/${program}/overview${query}`);
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

/** A visitor's click from a country; returns its token. */
async function clickFrom(country: string, slug: string): Promise<string> {
  const init = { headers: { "User-Agent": BROWSER }, cf: { country } } as RequestInit;
  const location = (await send(`/${slug}`, init)).headers.get("location") ?? "";
  return new URL(location).searchParams.get("lc_click") ?? "";
}

test("the figures are what conversions, enrollments and clicks add up to", async () => {
  const { program, a, b, endpoint } = await setUp();
  const first = await click(a.slug);
  const second = await clickFrom("DE", b.slug);
  const refunded = { customer: { id: "cus_r" }, payment: "pay_r" };
  const posted = [
    await postEvent(endpoint, sale({ click: first.token, ...refunded, amount: 20_000 })),
    await postEvent(endpoint, sale({ click: second, amount: 5_000 })),
    await postEvent(endpoint, sale({ amount: 7_000 })),
    await postEvent(endpoint, { ...sale({ click: first.token }), type: "lead", payment: null, amount: null }),
  ];
  await postEvent(endpoint, { ...sale({ ...refunded, amount: 5_000 }), type: "refund", refund: "re_1" });
  await conversionThat(posted[0]?.json.conversion, { status: "refunded", refunded: 5_000 });
  await eventually(async () => {
    const overview = await readOverview(program);
    const { data: enrolled } = (await admin("GET", `/v1/programs/${program}/enrollments`)).json;
    const owed = enrolled.map(({ balances: [own] }: { balances: { reserve: number; due: number }[] }) => own);
    const [money] = overview.money;
    const { revenue, commission, ...counts } = await addUp(program, {});
    expect(overview).toMatchObject({ ...counts, clicks: 2, uncredited_sales: 1 });
    expect(overview.money).toHaveLength(1);
    expect(money).toMatchObject({ currency: "USD", revenue, commission, due: 0, paid: 0 });
    expect(money.owed).toBe(owed.reduce((sum: number, own: { reserve: number }) => sum + (own?.reserve ?? 0), 0));
    expect(money).toMatchObject({ revenue: 20_000, commission: 8_000, owed: 8_000 });
    expect(overview.previous).toMatchObject({ clicks: 0, sales: 0, money: [{ revenue: 0, owed: 0 }] });
    expect(overview.steps).toEqual([{ at: expect.stringMatching(/T00:00:00.000Z$/), clicks: 2, sales: 2 }]);
    expect(overview.top_affiliates).toMatchObject([
      { affiliate: a.username, clicks: 1, sales: 1, revenue: 15_000 },
      { affiliate: b.username, clicks: 1, sales: 1, revenue: 5_000 },
    ]);
    expect(overview.top_links).toMatchObject([{ slug: a.slug }, { slug: b.slug, affiliate: b.username, sales: 1 }]);
  });
  const ofB = await readOverview(program, `?affiliate=${b.username}`);
  const { revenue, commission, ...counts } = await addUp(program, { affiliate: b.username });
  expect(ofB).toMatchObject({ ...counts, clicks: 1, uncredited_sales: null });
  expect(ofB.money).toMatchObject([{ revenue, commission, owed: 2_000 }]);
  const ofLink = await readOverview(program, `?link=${a.slug}`);
  expect(ofLink).toMatchObject({ clicks: 1, leads: 1, sales: 1, money: [{ revenue: 15_000, owed: null, paid: null }] });
  expect(ofLink.top_links).toHaveLength(1);
  await eventually(async () => {
    const inGermany = await readOverview(program, "?country=DE");
    expect(inGermany).toMatchObject({ clicks: 1, leads: 0, sales: 1, money: [{ revenue: 5_000, owed: null }] });
    const { leads, sales, revenue: german } = await addUp(program, { click_country: "DE" });
    expect([inGermany.leads, inGermany.sales, inGermany.money[0].revenue]).toEqual([leads, sales, german]);
    expect(inGermany.top_affiliates).toMatchObject([{ affiliate: b.username, clicks: 1, sales: 1 }]);
  });
  const today = new Date().toISOString().slice(0, 10);
  const hourly = await readOverview(program, `?from=${today}&to=${today}`);
  expect(hourly.steps).toMatchObject([{ clicks: 2, sales: 2 }]);
});

test("a wrong period, country or filter is refused with its field", async () => {
  const { program, a, b } = await setUp();
  const other = await setUp();
  const refused = async (query: string) => (await admin("GET", `/v1/programs/${program}/overview${query}`)).json;
  expect(await refused("?country=us")).toMatchObject({ code: "invalid_country" });
  expect(await refused("?from=2026-01-03&to=2026-01-02")).toMatchObject({ code: "invalid_from" });
  expect(await refused("?compare_from=2030-01-03")).toMatchObject({ code: "invalid_compare_from" });
  expect(await refused(`?link=${other.a.slug}`)).toMatchObject({ code: "filters_contradict", field: "link" });
  expect(await refused(`?link=${a.slug}&affiliate=${b.username}`)).toMatchObject({ code: "filters_contradict" });
});

test("where more affiliates and links sold than are listed, those with the most revenue are", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  expect(await readOverview(program)).toMatchObject({ top_affiliates: [], top_links: [] });
  for (const [index, name] of ["ana", "bo", "cy", "di", "ed", "flo"].entries()) {
    const username = `seller-${name}`;
    const email = `${username}@example.com`;
    expect((await admin("POST", "/v1/affiliates", { username, name, email })).status).toBe(201);
    await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: username });
    const destination = "https://shop.example/pricing";
    await admin("POST", "/v1/links", { program, affiliate: username, slug: `${username}-link`, destination });
    const { token } = await click(`${username}-link`);
    const posted = sale({ click: token, customer: { id: `cus_${name}` }, payment: `pay_${name}` });
    await postEvent(endpoint, { ...posted, amount: (index + 1) * 1_000 });
  }
  await eventually(async () => {
    const { top_affiliates, top_links } = await readOverview(program);
    const revenues = [6_000, 5_000, 4_000, 3_000, 2_000];
    expect(top_affiliates.map(({ revenue }: { revenue: number }) => revenue)).toEqual(revenues);
    expect(top_links.map(({ revenue }: { revenue: number }) => revenue)).toEqual(revenues);
  });
});
