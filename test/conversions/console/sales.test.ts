/** The console's pages of conversions: the list and its file, one conversion, and changes that show their effect first. */
import { describe, expect, test } from "vitest";
import { bodyOf, signIn } from "../../console/session.ts";
import { earned } from "../../support/decide.ts";
import { signTokenAt } from "../../support/sign-token.ts";
import { admin, conversionThat, eventually, ORIGIN, postEvent, sale, send, setUp } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";

const DAY = 86_400_000;
const daysAgo = (days: number) => Date.now() - days * DAY;
const at = (ms: number) => new Date(ms).toISOString();
const HOSTILE = `=HYPERLINK("https://evil.example")<img src=x onerror=alert(1)>`;

/** A subscription of A's customer with three payments of $99.00, whose customer id is hostile text. */
async function sold(options: { customer?: string; terms?: Record<string, unknown> } = {}) {
  const { customer = "cus_1", terms = { binds_to: "subscription", dispute_days: 100 } } = options;
  const story = await setUp({ program: { terms } });
  const ids: string[] = [];
  for (const ago of [90, 60, 30]) {
    const event = {
      customer: { id: customer },
      subscription: { id: "sub_1", interval: "month" },
      payment: `pay_${ago}`,
    };
    const changes = {
      ...event,
      occurred_at: at(daysAgo(ago)),
      ...(ago === 90 && { click: await signTokenAt(story.a.slug, daysAgo(91)) }),
    };
    ids.push((await postEvent(story.endpoint, sale(changes))).json.conversion);
  }
  const [first = "", second = "", third = ""] = ids;
  const credited = terms.binds_to === "nothing" ? [first] : ids;
  for (const id of credited) await conversionThat(id, { entries: [{ kind: "commission" }] });
  const list = `/admin/programs/${story.program}/sales`;
  return { ...story, first, second, third, ids, list };
}

let manager: ReturnType<typeof signIn> | null = null;
/** One session for all tests: sign-ins are limited. */
const asManager = () => {
  manager ??= createUser("manager").then(({ key }) => signIn({ key }));
  return manager;
};
const keyIn = (html: string) => /name="form_key" value="([^"]+)"/.exec(html)?.[1] ?? "";
/** A page's text without its tags. */
const textOf = (html: string) => html.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

async function postForm(session: Awaited<ReturnType<typeof signIn>>, path: string, fields: Record<string, string>) {
  const response = await session.post(path, fields);
  const html = bodyOf(await response.text());
  return { status: response.status, location: response.headers.get("location"), html, text: textOf(html) };
}

describe("the list", () => {
  test("shows conversions with their credit, page by page, filtered and in both orders", async () => {
    const { a, b, first, third, ids, list } = await sold();
    const session = await asManager();
    const { html } = await session.open(list);
    expect(ids.every((id) => html.includes(`${list}/${id}`))).toBe(true);
    expect(html.indexOf(third)).toBeLessThan(html.indexOf(first));
    expect(textOf(html)).toContain(`$99.00 ${a.username} last click`);
    expect(textOf(html)).toContain("$39.60");
    expect(html).not.toContain("Next page");
    const oldest = (await session.open(`${list}?sort=occurred_at&from=${at(daysAgo(91)).slice(0, 10)}`)).html;
    expect(oldest.indexOf(first)).toBeLessThan(oldest.indexOf(third));
    for (const filter of ["payment=pay_90", `to=${at(daysAgo(89)).slice(0, 10)}`]) {
      const found = (await session.open(`${list}?${filter}`)).html;
      expect([found.includes(first), found.includes(third)], filter).toEqual([true, false]);
    }
    for (const filter of [`affiliate=${b.username}`, "credited=false", "type=lead", "test=true", "customer=cus_2"]) {
      expect((await session.open(`${list}?${filter}`)).html, filter).toContain("No conversion matches.");
    }
  });

  test("says what is wrong with a filter and keeps it, and an empty program says what to do first", async () => {
    const { program } = await setUp();
    const session = await asManager();
    const list = `/admin/programs/${program}/sales`;
    expect((await session.open(list)).html).toContain("Connect your checkout");
    const { status, html } = await session.open(`${list}?affiliate=nobody`);
    expect([status, html.includes("There is no affiliate"), html.includes('value="nobody"')]).toEqual([
      422,
      true,
      true,
    ]);
  });

  test("is a CSV file with the same filters, whose formulas are text", async () => {
    const { program, a, list } = await sold({ customer: HOSTILE });
    const { cookie } = await asManager();
    const response = await send(`${list}.csv?payment=pay_60`, { headers: { Cookie: cookie } });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="${program}-sales.csv"`);
    const lines = (await response.text()).trimEnd().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("Conversion,Time (UTC),Type,Status,Affiliate");
    expect(lines[1]).toContain(`,"'=HYPERLINK(`);
    expect(lines[1]).toContain(`,${a.username},`);
    expect(lines[1]).toContain(",99.00,0.00,USD,39.60,USD,");
  });
});

describe("one conversion", () => {
  test("explains its credit, shows entries and the customer's others, and hostile text stays text", async () => {
    const { a, second, third, list } = await sold({ customer: HOSTILE });
    const session = await asManager();
    const { html } = await session.open(`${list}/${second}`);
    expect(html).not.toContain("<img");
    expect(html).toContain("=HYPERLINK(");
    const text = textOf(html);
    expect(text).toContain("Sale of $99.00");
    expect(text).toContain("Credit was assigned on");
    expect(text).toContain("40% of $99.00");
    expect(text).toContain(`Commission: ${a.username}`);
    expect(html).toContain(`${list}/${third}`);
    expect(html).toContain(`${list}/${second}/credit`);
  });

  test("shows viewers no changes and no audit log, and is in its own program only", async () => {
    const { second, list } = await sold();
    const { program: other } = await setUp();
    const viewer = await signIn({ key: (await createUser("viewer")).key });
    const { html } = await viewer.open(`${list}/${second}`);
    expect([html.includes("/credit"), html.includes("Changes by your team")]).toEqual([false, false]);
    expect((await viewer.open(list)).html).not.toContain("Enter a sale");
    expect((await viewer.open(`${list}/${second}/credit`)).status).toBe(403);
    expect((await viewer.open(`/admin/programs/${other}/sales/${second}`)).status).toBe(404);
  });
});

describe("a decision about the credit", () => {
  test("shows its effect in money, is made once, and is on the page with its note", async () => {
    const { program, a, b, second, list } = await sold();
    const session = await asManager();
    const path = `${list}/${second}/credit`;
    const form_key = keyIn((await session.open(path)).html);
    const note = "Ticket 81\r\n<b>Jane</b>";
    const fields = { form_key, affiliate: b.username, scope: "all", reason: "B <i>called</i>", internal_note: note };
    const confirm = await postForm(session, path, fields);
    expect(confirm.status).toBe(200);
    expect(confirm.text).toContain(`Reverses $118.80 of ${a.username}, credits $118.80 to ${b.username}.`);
    expect(confirm.text).toContain(
      `This sale moves from ${a.username} to ${b.username}. 1 later conversion of the customer and 1 earlier one follow.`,
    );
    expect(confirm.text).toContain(`Payments of the customer that are still to come go to ${b.username} too`);
    expect(await earned(program, b.username)).toBe(0);
    const confirmed = { ...fields, form_key: keyIn(confirm.html), confirmed: "yes" };
    for (const _ of [1, 2]) {
      expect((await postForm(session, path, confirmed)).location).toBe(`${list}/${second}?done=credited`);
    }
    await eventually(async () => expect(await earned(program, b.username)).toBe(11_880));
    const page = (await session.open(`${list}/${second}?done=credited`)).html;
    expect(page).toContain("B &lt;i&gt;called&lt;/i&gt;");
    expect(page).toContain("&lt;b&gt;Jane&lt;/b&gt;");
    expect(textOf(page)).toContain("The credit is decided.");
    expect(textOf(page)).toMatch(/Credit decided User \d+/);
    expect((await conversionThat(second, {})).decisions).toHaveLength(1);
  });

  test("withdraws the credit, and settles a dispute, each with its effect", async () => {
    const { program, a, b, first, third, list } = await sold();
    const session = await asManager();
    const withdrawn = { scope: "conversion", reason: "Not a real sale" };
    const asked = await postForm(session, `${list}/${third}/withdraw`, withdrawn);
    expect(asked.text).toContain(`Reverses $39.60 of ${a.username}. This sale moves from ${a.username} to nobody.`);
    const done = await postForm(session, `${list}/${third}/withdraw`, {
      ...withdrawn,
      form_key: "w",
      confirmed: "yes",
    });
    expect(done.location).toBe(`${list}/${third}?done=withdrawn`);
    await eventually(async () => expect(await earned(program, a.username)).toBe(7_920));
    const dispute = { affiliate: b.username, reason: "B was first" };
    const claimed = await postForm(session, `${list}/${first}/dispute`, dispute);
    expect(claimed.text).toContain(`Reverses $79.20 of ${a.username}, credits`);
    await postForm(session, `${list}/${first}/dispute`, { ...dispute, form_key: "d", confirmed: "yes" });
    const ruled = (await session.open(`${list}/${first}`)).html;
    expect(textOf(ruled)).toContain(`Dispute: ${b.username}`);
  });

  test("is refused beside its fields, and what was entered stays", async () => {
    const { a, first: only, list } = await sold({ terms: { binds_to: "nothing", dispute_days: null } });
    const session = await asManager();
    const path = `${list}/${only}/credit`;
    const wrong = await postForm(session, path, { affiliate: "nobody", scope: "conversion", reason: "Why <b>" });
    expect([wrong.status, wrong.html.includes('value="nobody"')]).toEqual([422, true]);
    expect(wrong.text).toContain("There is no affiliate");
    expect(wrong.html).toContain('value="Why &lt;b&gt;"');
    const empty = await postForm(session, path, { affiliate: "", scope: "past", reason: "" });
    expect(empty.html.match(/aria-invalid="true"/g)).toHaveLength(2);
    const nothing = await postForm(session, path, { affiliate: a.username, scope: "future", reason: "Why" });
    expect(nothing.text).toContain("Nothing is bound together with this conversion");
    const dispute = await postForm(session, `${list}/${only}/dispute`, { affiliate: a.username, reason: "Why" });
    expect(dispute.text).toContain("don&#39;t allow disputes");
  });
});

test("a payment is confirmed as received", async () => {
  const { second, list } = await sold();
  const session = await asManager();
  expect((await session.open(`${list}/${second}/settle`)).html).toContain("You can&#39;t undo it.");
  const { location } = await postForm(session, `${list}/${second}/settle`, { confirmed: "yes" });
  expect(location).toBe(`${list}/${second}?done=settled`);
  const page = (await session.open(location ?? "")).html;
  expect([page.includes("Money received"), page.includes(`${second}/settle`)]).toEqual([true, false]);
});

describe("a sale entered by hand", () => {
  test("shows what it earns, is stored once, and leads to its page", async () => {
    const { program, a, list } = await sold();
    const session = await asManager();
    const { html } = await session.open(`${list}/new?affiliate=${a.username}`);
    expect([html.includes(`value="${a.username}"`), html.includes('value="USD"')]).toEqual([true, true]);
    const fields = {
      ...{ affiliate: a.username, customer: "cus_9", payment: "inv_9", amount: "1200.50", currency: "usd" },
      ...{ occurred_at: "2026-01-20T12:00", reason: "Paid by invoice", product: "", subscription: "", email: "" },
    };
    const confirm = await postForm(session, `${list}/new`, fields);
    expect(confirm.text).toContain(`A sale of $1,200.50 to cus_9, credited to ${a.username}.`);
    expect(confirm.text).toContain(`Credits $480.20 to ${a.username}.`);
    const confirmed = { ...fields, form_key: keyIn(confirm.html), confirmed: "yes" };
    const first = await postForm(session, `${list}/new`, confirmed);
    const again = await postForm(session, `${list}/new`, confirmed);
    expect([first.status, again.location]).toEqual([303, first.location]);
    const ofPayment = `/v1/conversions?program=${program}&payment=inv_9`;
    const stored = { amount: 120_050, occurred_at: "2026-01-20T12:00:00.000Z", reason: "manual_sale" };
    await eventually(async () => expect((await admin("GET", ofPayment)).json.data).toMatchObject([stored]));
    const page = await session.open((first.location ?? "").replace(ORIGIN, ""));
    expect(textOf(page.html)).toContain("The sale is entered.");
  });

  test("is refused with all faults beside their fields", async () => {
    const { a, list } = await sold();
    const session = await asManager();
    const blank = {
      affiliate: "",
      customer: "",
      payment: "",
      amount: "many",
      currency: "",
      occurred_at: "",
      reason: "",
    };
    const wrong = await postForm(session, `${list}/new`, blank);
    expect([wrong.status, wrong.html.match(/aria-invalid="true"/g)?.length]).toEqual([422, 6]);
    expect(wrong.html).toContain('value="many"');
    const fields = { ...blank, affiliate: a.username, customer: "cus_1", payment: "pay_60", reason: "Why" };
    const known = { ...fields, amount: "99.00", currency: "USD", occurred_at: "2026-01-20T12:00" };
    expect((await postForm(session, `${list}/new`, known)).text).toContain("This payment is recorded already");
  });
});

describe("an adjustment", () => {
  test("shows what is due before and after, and is posted once", async () => {
    const { program, b, list } = await sold();
    const session = await asManager();
    const path = `${list}/adjust`;
    const fields = { affiliate: b.username, direction: "deduct", amount: "25.00", currency: "USD", reason: "Lost bet" };
    const confirm = await postForm(session, path, fields);
    expect(confirm.text).toContain(
      `Deducts $25.00 from ${b.username}. Due to ${b.username} goes from $0.00 to -$25.00.`,
    );
    const confirmed = { ...fields, form_key: keyIn(confirm.html), confirmed: "yes" };
    for (const _ of [1, 2]) expect((await postForm(session, path, confirmed)).location).toBe(`${path}?done=posted`);
    await eventually(async () => expect(await earned(program, b.username)).toBe(-2_500));
    expect((await session.open(`${path}?done=posted`)).html).toContain("Adjustment posted.");
  });

  test("is refused before it is confirmed", async () => {
    const { program, a, list } = await sold();
    const session = await asManager();
    const fields = { affiliate: a.username, direction: "add", amount: "0", currency: "USD", reason: "Prize" };
    const zero = await postForm(session, `${list}/adjust`, fields);
    expect([zero.status, zero.text.includes("Must not be 0")]).toEqual([422, true]);
    const unknown = await postForm(session, `${list}/adjust`, { ...fields, affiliate: "nobody", amount: "1" });
    expect([unknown.status, unknown.html.match(/aria-invalid="true"/g)?.length]).toEqual([422, 1]);
    expect(await earned(program, a.username)).toBe(11_880);
  });
});
