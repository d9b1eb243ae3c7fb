/** A program is set up from nothing through the console's pages. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { formatMoney } from "../../../src/lib/format-money.ts";
import { providers } from "../../../src/webhooks/providers.ts";
import { bodyOf, signIn } from "../../console/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../../support/story.ts";

const asAdmin = () => signIn({ key: env.ADMIN_TOKEN });

const FIELDS = {
  ...{ name: "Northwind <b>", slug: "northwind", currency: "usd", preset: "carrot", form_key: "new-1" },
  ...{ destination_hosts: "shop.example\nwww.shop.example", home_url: "", redirect_host: "", cookie_domain: "" },
};

/** The lines of the setup page that are finished or open. */
const linesOf = (html: string, state: "done" | "open") =>
  [...html.matchAll(new RegExp(`<li class="${state}"><span class="vh">[^<]*</span>([^<]*)`, "g"))].map(([, text]) =>
    text?.trim(),
  );

test("a new program shows its terms and what typical sales earn, and is created once", async () => {
  const session = await asAdmin();
  const { html } = await session.open("/admin/programs/new?preset=kajabi&name=Kept");
  expect(html).toContain('value="Kept"');
  expect(html).toContain("30% of each payment");
  const { json } = await admin("POST", "/v1/terms/preview", {
    ...{ currency: "USD", preset: "kajabi" },
    sales: [{ occurred_at: "2026-01-01T00:00:00Z", amount: 4_900, subscription: "s", interval: "month" }],
  });
  expect(json.sales[0].entries).toMatchObject([{ amount: 1_470 }]);
  expect(html.match(new RegExp(formatMoney(1_470, "USD").replace("$", "\\$"), "g"))).toHaveLength(6);

  const faulty = await session.post("/admin/programs/new", { ...FIELDS, slug: "No Slug", currency: "XXQ" });
  const refused = bodyOf(await faulty.text());
  expect([faulty.status, refused.match(/aria-invalid="true"/g)?.length]).toEqual([422, 2]);
  expect(refused).toContain("Northwind &lt;b&gt;");
  for (const _ of [1, 2]) {
    const { status, headers } = await session.post("/admin/programs/new", FIELDS);
    expect([status, headers.get("location")]).toEqual([303, "/admin/programs/northwind/setup?done=created"]);
  }
  expect((await admin("GET", "/v1/programs/northwind")).json).toMatchObject({
    ...{ name: "Northwind <b>", currency: "USD", redirect_host: null },
    destination_hosts: ["shop.example", "www.shop.example"],
  });
});

test("the checklist ticks what is true, and names the next step", async () => {
  const session = await asAdmin();
  await session.post("/admin/programs/new", { ...FIELDS, slug: "steps", form_key: "new-2", preset: "" });
  const path = "/admin/programs/steps/setup";
  const first = await session.open(path);
  expect(first.status).toBe(200);
  expect(linesOf(first.html, "open")).toEqual([
    "The terms pay nothing yet: set what a sale earns.",
    "The terms have no payout schedule yet: add one.",
    "No checkout is connected: choose yours.",
    "No affiliate is approved: add one, such as yourself.",
    "There is no link: create one for the affiliate.",
    "Create a link first.",
    "Send a test sale below, or buy something at your checkout.",
    "No sale is credited yet.",
    "No commission is in the ledger yet.",
  ]);
  expect(first.html).toContain("another site than go.example.com");
  await admin("POST", "/v1/programs/steps/terms", { preset: "kartra-classic" });
  const { json: endpoint } = await admin("POST", "/v1/programs/steps/endpoints", { source: "standard" });
  await admin("POST", "/v1/affiliates", { username: "stepper", name: "Stepper", email: "stepper@example.com" });
  await admin("POST", "/v1/programs/steps/enrollments", { affiliate: "stepper" });
  const link = { program: "steps", affiliate: "stepper", slug: "stepper-link", destination: "https://shop.example/" };
  await admin("POST", "/v1/links", link);
  const second = await session.open(path);
  expect(linesOf(second.html, "open")[0]).toBe("Waiting for the first event of Standard Webhooks.");
  expect(second.html).toContain('href="https://go.example.com/stepper-link"');
  const { token } = await click("stepper-link");
  const { json: posted } = await postEvent(endpoint, sale({ click: token }));
  await conversionThat(posted.conversion, { entries: [{ kind: "commission" }] });
  await eventually(async () => {
    const { html } = await session.open(path);
    expect(linesOf(html, "open")).toEqual([]);
    expect(html).toContain("Standard Webhooks has sent sale.");
    expect(html).toContain("Not yet received from Standard Webhooks: trials, refunds, chargebacks, cancellations.");
    expect(html).toContain("Everything is set up.");
  });
});

test("a test sale goes through the same steps as a real one, and its stages are ticked off", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const session = await asAdmin();
  const path = `/admin/programs/${program}/setup`;
  const send = (form_key: string) => session.post(`${path}/test-sale`, { link: a.slug, form_key });
  const early = await send("test-1");
  expect([early.status, bodyOf(await early.text())]).toEqual([
    422,
    expect.stringContaining("open it in a browser first"),
  ]);
  await click(a.slug);
  await eventually(async () => expect((await send("test-2")).status).toBe(303));
  expect((await send("test-2")).headers.get("location")).toBe(`${path}?done=tested#sale`);
  await eventually(async () => {
    const { html } = await session.open(path);
    expect(linesOf(html, "done").slice(-4)).toEqual([
      "A link was clicked.",
      "An event arrived.",
      `A test sale of $100.00 was credited to ${a.username}.`,
      "A real sale like it earns $40.00. Sales in test mode earn nothing, and aren’t in figures.",
    ]);
  });
  const { data } = (await admin("GET", `/v1/programs/${program}/endpoints`)).json;
  expect(data).toMatchObject([{ id: endpoint.id }, { source: "standard", test: true }]);
  expect((await admin("GET", `/v1/programs/${program}/overview`)).json).toMatchObject({ sales: 0 });
});

test("the checkout step says what to enter at every checkout", async () => {
  const session = await asAdmin();
  const { program } = await setUp({ affiliates: 1 });
  await session.post("/admin/programs/new", { ...FIELDS, slug: "connecting", form_key: "new-3" });
  const path = "/admin/programs/connecting";
  const { html } = await session.open(`${path}/setup`);
  expect([...html.matchAll(/<option value="(\w+)"/g)].map(([, source]) => source).toSorted()).toEqual(
    [...providers.keys()].toSorted(),
  );
  const made = bodyOf(await (await session.post(`${path}/checkouts`, { source: "paddle", form_key: "p-1" })).text());
  for (const text of ["New destination", "adjustment.created", "secret key", "customData", "/v1/webhooks/ep_"]) {
    expect(made).toContain(text);
  }
  const waiting = (await session.open(`${path}/setup`)).html;
  expect(waiting).toContain("What to enter at Paddle Billing");
  expect(linesOf(waiting, "open")).toContain("The secret that Paddle Billing shows is missing.");
  expect(waiting).toContain('id="checkout-state" data-reloads');
  expect(new TextEncoder().encode(waiting).length).toBeLessThan(80_000);
  expect((await session.open(`/admin/programs/${program}/setup`)).html).toContain("What to enter at Standard Webhooks");
});

test("new terms show their effect on the latest sales as the preview calculates it, and are published then", async () => {
  const { program, a, endpoint } = await setUp();
  const { token } = await click(a.slug);
  const { json: posted } = await postEvent(endpoint, sale({ click: token, amount: 20_000 }));
  await conversionThat(posted.conversion, { entries: [{ kind: "commission" }] });
  const session = await asAdmin();
  const path = `/admin/programs/${program}/terms`;
  const { html } = await session.open(path);
  const json = /<textarea[^>]*>([\s\S]*?)<\/textarea>/.exec(html)?.[1]?.replaceAll("&quot;", '"') ?? "";
  const values = {
    ...{ percent: "12.5", "terms.cookie_days": "60", "terms.hold_days": "30", "terms.dispute_days": "" },
    ...{ "terms.model": "last_click", "terms.binds_to": "customer", "terms.applies_to": "new", effective_from: "" },
    ...{ "terms.payout.lag_months": "1", "terms.payout.first_day": "15", "terms.payout.last_day": "20" },
    ...{ json, form_key: "terms-1" },
  };
  const shown = await session.post(path, values);
  const effect = bodyOf(await shown.text());
  const sales = [{ occurred_at: new Date().toISOString(), amount: 20_000 }];
  const preview = (body: object) => admin("POST", `/v1/programs/${program}/terms/preview`, { sales, ...body });
  const [before, after] = [await preview({}), await preview({ terms: { rates: [{ rate_bps: 1_250 }] } })];
  const sumOf = ({ json: { balances } }: typeof before) => formatMoney(balances[0].earned, "USD");
  expect([sumOf(before), sumOf(after)]).toEqual(["$80.00", "$25.00"]);
  expect(effect).toContain(`<strong>${sumOf(after)}</strong> instead of ${sumOf(before)} (−$55.00)`);
  expect((await admin("GET", `/v1/programs/${program}/terms`)).json.data).toHaveLength(1);
  const { status } = await session.post(path, { ...values, confirmed: "yes" });
  expect(status).toBe(303);
  const { data } = (await admin("GET", `/v1/programs/${program}/terms`)).json;
  expect(data).toHaveLength(2);
  expect(data[0].terms).toMatchObject({ rates: [{ rate_bps: 1_250 }], cookie_days: 60, dispute_days: null });
  expect(data[0].terms.payout).toEqual(data[1].terms.payout);
  expect((await session.open(`${path}?version=1`)).html).toContain("Version 1");
});

test("faults of terms are beside their fields, those of the JSON beside it", async () => {
  const { program } = await setUp();
  const session = await asAdmin();
  const values = {
    ...{ percent: "30", "terms.cookie_days": "0", "terms.hold_days": "30", "terms.dispute_days": "" },
    ...{ "terms.model": "last_click", "terms.binds_to": "customer", "terms.applies_to": "new", form_key: "terms-2" },
  };
  const open = async (json: string) => {
    const response = await session.post(`/admin/programs/${program}/terms`, { ...values, json });
    return { status: response.status, html: bodyOf(await response.text()) };
  };
  const { status, html } = await open('{"open_to": "nobody"}');
  expect([status, html.match(/aria-invalid="true"/g)?.length]).toEqual([422, 2]);
  expect(html).toMatch(/id="field-json-note">[^<]*open_to/);
  expect((await open("{")).html).toMatch(/id="field-json-note">Must be a JSON object/);
});
