/** The console's pages of endpoints and deliveries. */
import { describe, expect, test } from "vitest";
import { guideCheckout } from "../../../src/webhooks/console/checkout-guides.ts";
import { nameCheckout } from "../../../src/webhooks/console/checkout-names.ts";
import { judgeEndpoint } from "../../../src/webhooks/console/endpoint-health.ts";
import { listEventTypes } from "../../../src/webhooks/expected-events.ts";
import { providers } from "../../../src/webhooks/providers.ts";
import { bodyOf, signIn } from "../../console/session.ts";
import { admin, click, eventually, postEvent, sale, setUp } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";

const session = async (role: Parameters<typeof createUser>[0]) => signIn({ key: (await createUser(role)).key });
const textOf = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

test("every checkout has a name", () => {
  expect([...providers.keys()].filter((source) => nameCheckout(source) === source)).toEqual([]);
});

test("every checkout has a guide that names the expected types of event", () => {
  // They send every event, or list them in words.
  const inWords = ["kartra", "revenuecat", "thrivecart", "woocommerce"];
  for (const source of providers.keys()) {
    const { events = [], events_note = "" } = guideCheckout(source) ?? {};
    const expected = listEventTypes(source, []).map(({ type }) => type);
    if (inWords.includes(source)) expect(events_note, source).not.toBe("");
    else expect(events, source).toEqual(expect.arrayContaining(expected));
  }
});

describe("an endpoint", () => {
  test("is created once with a secret that is shown only then, and waits for its first event", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const path = `/admin/programs/${program}/checkouts`;
    const developer = await session("developer");
    const fields = { source: "standard", secret: "", api_key: "", form_key: "new-1" };
    const [made, again] = [await developer.post(path, fields), await developer.post(path, fields)];
    const [, secret = "none"] = /value="(whsec_[^"]+)"/.exec(await made.text()) ?? [];
    expect(await again.text()).toContain(secret);
    const { data } = (await admin("GET", `/v1/programs/${program}/endpoints`)).json;
    expect(data).toHaveLength(2);
    const list = await developer.open(path);
    expect(textOf(list.html)).toContain("Waiting for the first event: enter the URL at the checkout.");
    expect(list.html).not.toContain("data-reloads");
    const page = await developer.open(`${path}/${data[1].id}`);
    expect(page.html).toContain("/docs/checkouts/standard");
    expect(page.html).toContain('id="state" data-reloads');
    expect(textOf(page.html)).toMatch(/sale Sales Missing .* chargeback Chargebacks Missing/);
    expect(page.html + list.html).not.toContain(secret);
  });

  test("of a checkout that makes the secret gets it later, and a wrong one is refused beside its field", async () => {
    const { program } = await setUp({ affiliates: 1 });
    const path = `/admin/programs/${program}/checkouts`;
    const manager = await session("manager");
    const wrong = await manager.post(path, { source: "stripe", secret: "nothing", form_key: "new-1" });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringMatching(/value="nothing"[^>]*>/)]);
    const made = textOf(bodyOf(await (await manager.post(path, { source: "stripe", form_key: "new-2" })).text()));
    expect(made).toContain("Stripe then shows a secret.");
    const { id } = (await admin("GET", `/v1/programs/${program}/endpoints`)).json.data[1];
    expect(textOf((await manager.open(`${path}/${id}`)).html)).toContain("Add the secret that the checkout shows");
    const secret = `whsec_${"a".repeat(32)}`;
    expect((await manager.post(`${path}/${id}/secrets`, { secret, form_key: "s-1" })).status).toBe(303);
    const { html } = await manager.open(`${path}/${id}`);
    expect(html).not.toContain(secret);
    const [, remove = ""] = /href="([^"]+\/secrets\/sec_[\w-]+\/remove)"/.exec(html) ?? [];
    expect(textOf((await manager.open(remove)).html)).toContain("can’t be undone");
    expect((await manager.post(remove)).status).toBe(303);
    expect(textOf((await manager.open(`${path}/${id}`)).html)).toContain("There is no secret yet.");
  });

  test("is rotated, put into test mode and disabled after a warning", async () => {
    const { program, endpoint } = await setUp({ affiliates: 1 });
    const path = `/admin/programs/${program}/checkouts/${endpoint.id}`;
    const developer = await session("developer");
    const [, shown_at = ""] = /name="shown_at" value="(\d+)"/.exec((await developer.open(path)).html) ?? [];
    const rotate = { expire_others: "on", shown_at, form_key: "rotate-1" };
    const [, rotated = "none"] =
      /value="(whsec_[^"]+)"/.exec(await (await developer.post(`${path}/secrets`, rotate)).text()) ?? [];
    expect(await (await developer.post(`${path}/secrets`, rotate)).text()).toContain(rotated);
    const read = async () => (await admin("GET", `/v1/programs/${program}/endpoints/${endpoint.id}`)).json;
    const { secrets } = await read();
    const ends = secrets.map(({ expires_at }: { expires_at: string | null }) => expires_at !== null).toSorted();
    expect(ends).toEqual([false, true]);
    await developer.post(path, { test: "on" });
    expect(await read()).toMatchObject({ test: true, disabled: false });
    expect(textOf(bodyOf(await (await developer.post(`${path}/disable`)).text()))).toContain("is refused");
    expect((await read()).disabled).toBe(false);
    await developer.post(`${path}/disable`, { confirmed: "yes" });
    expect(textOf((await developer.open(path)).html)).toContain("Disabled Everything that arrives is refused.");
    await developer.post(`${path}/enable`);
    expect((await read()).disabled).toBe(false);
    expect((await (await session("viewer")).open(path)).html).not.toContain('<button type="submit">Disable');
  });
});

test("an endpoint's health names what is wrong first", () => {
  const [secret] = [{ id: "sec_1", created_at: "", expires_at: null }];
  const works = { disabled: false, secrets: [secret], warnings: [], last_delivery_at: "2026-01-01T00:00:00Z" };
  const tagOf = (change: object) => judgeEndpoint({ ...works, ...change } as never).tag;
  const warnings = (...codes: string[]) => ({ warnings: codes.map((code) => ({ code, detail: code })) });
  expect(tagOf({})).toBe("Works");
  expect(tagOf(warnings("incomplete_sales", "silent"))).toBe("Silent");
  expect(tagOf(warnings("incomplete_sales"))).toBe("Look");
  expect(tagOf(warnings("refused_in_a_row", "silent"))).toBe("Refusing");
  expect(tagOf({ last_delivery_at: null })).toBe("Waiting");
  expect(tagOf({ secrets: [], ...warnings("refused_in_a_row") })).toBe("No secret");
  expect(tagOf({ disabled: true, secrets: [] })).toBe("Disabled");
});

test("deliveries are listed with their outcome, shown with their request, and processed again", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const customer = { id: "<img src=x>" };
  expect((await postEvent(endpoint, sale({ click: token, customer }))).status).toBe(200);
  expect((await postEvent(endpoint, { type: "sale" })).status).toBe(422);
  const path = `/admin/programs/${program}/checkouts/deliveries`;
  const developer = await session("developer");
  await eventually(async () => {
    expect(textOf((await developer.open(path)).html)).toMatch(/sale Refused .* sale Recorded/);
  });
  const filtered = (await developer.open(`${path}?outcome=recorded&endpoint=${endpoint.id}`)).html;
  expect(textOf(filtered)).toContain(a.username);
  const [, one = ""] = /href="([^"]+\/deliveries\/dl_[^"]+)"/.exec(filtered) ?? [];
  const { html } = await developer.open(one);
  expect(html).toContain("&lt;img src=x&gt;");
  expect(html).not.toContain("<img");
  expect(textOf(bodyOf(await (await developer.post(`${one}/replay`)).text()))).toContain("isn’t recorded twice");
  const replayed = await developer.post(`${one}/replay`, { confirmed: "yes", form_key: "r-1" });
  expect(replayed.headers.get("location")).toBe(`${one}?done=replayed`);
  const finance = await session("finance");
  expect((await finance.open(path)).html).not.toContain(one);
  expect((await finance.open(one)).status).toBe(403);
  expect((await developer.open(`${path}?outcome=nothing`)).status).toBe(422);
  const health = await developer.open(`/admin/programs/${program}/checkouts/${endpoint.id}`);
  expect(textOf(health.html)).toMatch(/Types of event .* sale Sales Arrived .* trial Trials Missing/);
});
