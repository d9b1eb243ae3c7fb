import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { parsePaymentForm } from "../../../src/payouts/portal/payment-form.ts";
import { signIn } from "../../portal/session.ts";
import { admin, ORIGIN, send, setUp } from "../../support/story.ts";

/** Submits a form like a browser on the same site. `headers` can change that. */
function post(cookie: string, path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  return send(path, {
    method: "POST",
    headers: {
      Cookie: cookie,
      Origin: ORIGIN,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/x-www-form-urlencoded",
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  });
}

const bank = {
  method: "bank",
  account_holder: "Jane Doe",
  holder_type: "person",
  country: "DE",
  currency: "EUR",
  iban: "DE89 3704 0044 0532 0130 00",
  account_type: "checking",
  bic: "",
  "address.name": "Jane Doe",
  "address.street": "Hauptstr. 1",
  "address.city": "Berlin",
  "address.postcode": "10115",
  "address.country": "DE",
};

test("turns a form into the schema's input, without empty fields and with the address as an object", () => {
  expect(
    parsePaymentForm({ method: "bank", iban: " x ", bic: " ", "address.city": "Berlin", "address.state": "" }),
  ).toEqual({
    method: "bank",
    iban: "x",
    address: { city: "Berlin" },
  });
  expect(parsePaymentForm({ email: "" })).toEqual({});
});

describe("an affiliate", () => {
  test("saves a payout method, sees it masked with its history, and removes it", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie, open } = await signIn(a.username);
    expect((await open("/app/account")).html).toContain("No payout method yet.");

    const paypal = await post(cookie, "/app/account", { method: "paypal", email: "jane@example.org" });
    expect([paypal.status, paypal.headers.get("location")]).toEqual([303, "/app/account?done=saved"]);
    expect((await post(cookie, "/app/account", bank)).status).toBe(303);
    const { status, html } = await open("/app/account?done=saved");
    expect(status).toBe(200);
    expect(html).toContain("Payout method saved.");
    expect(html).toContain("•••• 3000");
    expect(html).toContain("j•••@example.org");
    expect(html).not.toMatch(/jane@example\.org|DE89|Jane Doe|Hauptstr/);
    const { json } = await admin("GET", `/v1/affiliates/${a.username}/payee`);
    expect(json.changes.map((change: { changed_by: string }) => change.changed_by)).toEqual(["affiliate", "affiliate"]);

    expect((await post(cookie, "/app/account/erase", {})).headers.get("location")).toBe("/app/account?done=erased");
    const after = await open("/app/account");
    expect(after.html).not.toMatch(/•••• 3000|j•••@example/);
    expect(after.html).toContain("No payout method yet.");
  });

  test("sees which field is invalid, keeps the submitted values, and nothing is saved", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(a.username);
    const refused = await post(cookie, "/app/account", { ...bank, iban: "DE89 3704 0044 0532 0130 01" });
    expect(refused.status).toBe(422);
    const html = await refused.text();
    expect(html).toContain("IBAN is not an IBAN: please check it for a slip.");
    expect(html).toMatch(/<input id="iban"[^>]*value="DE89 3704 0044 0532 0130 01"[^>]*aria-invalid="true"/);
    expect(html).toMatch(/<input id="account_holder"[^>]*value="Jane Doe"[^>]*aria-invalid="false"/);
    const hostile = await post(cookie, "/app/account", {
      ...bank,
      account_holder: '"><script>alert(1)</script>',
      iban: "x",
    });
    expect(await hostile.text()).not.toContain("<script>");
    expect((await admin("GET", `/v1/affiliates/${a.username}/payee`)).json.changes).toEqual([]);
  });

  test("sees all invalid fields at once, with the focus on the first", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(a.username);
    const refused = await post(cookie, "/app/account", {
      ...bank,
      account_holder: "=1",
      iban: "x",
      "address.city": "",
    });
    const html = await refused.text();
    expect(html).toContain("Not saved. Correct the highlighted fields.");
    expect(html).toContain("Account holder must not begin with =, +, - or @.");
    expect(html).toContain("IBAN is not an IBAN");
    expect(html).toMatch(/<input id="address.city"[^>]*aria-invalid="true"/);
    expect(html.match(/<input[^>]* autofocus/g)).toEqual([expect.stringContaining('id="account_holder"')]);
  });

  test.each([
    ["DE", ["iban"]],
    ["US", ["account_number", "routing_number", "account_type"]],
    ["GB", ["account_number", "routing_number"]],
    ["JP", ["account_number", "bic", "bank_name"]],
  ])("is asked only for what a bank in %s needs", async (country, names) => {
    const { a } = await setUp({ affiliates: 1, preset: "kartra-partnerstack" });
    const { open } = await signIn(a.username);
    const { html } = await open(`/app/account?bank=${country}`);
    const asked = ["iban", "account_number", "routing_number", "account_type", "bic", "bank_name"];
    expect(asked.filter((name) => html.includes(`name="${name}"`)).toSorted()).toEqual(names.toSorted());
    expect(html).toContain(`<input type="hidden" name="country" value="${country}"/>`);
    expect((await open("/app/account")).html).not.toContain('name="account_holder"');
  });

  test.each([
    ["another site's form", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }],
    ["a form without an origin", { Origin: "null", "Sec-Fetch-Site": "cross-site" }],
    [
      "a text/plain form",
      { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain" },
    ],
  ])("can't be changed by %s", async (_, headers) => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(a.username);
    const fields = { method: "paypal", email: "thief@example.org" };
    expect((await post(cookie, "/app/account", fields, headers)).status).toBe(403);
    expect((await post(cookie, "/app/account/erase", {}, headers)).status).toBe(403);
    expect((await admin("GET", `/v1/affiliates/${a.username}/payee`)).json.changes).toEqual([]);
  });

  test("sees and changes nothing without a session", async () => {
    const { a } = await setUp({ affiliates: 1 });
    expect((await post("", "/app/account", { method: "paypal", email: "thief@example.org" })).status).toBe(401);
    expect((await send("/app/account")).status).toBe(401);
    expect((await admin("GET", `/v1/affiliates/${a.username}/payee`)).json.changes).toEqual([]);
  });

  test("sees the state of its tax form, and which program requires one", async () => {
    const { a, program } = await setUp({ affiliates: 1, preset: "kartra" });
    const { open } = await signIn(a.username);
    const name = await env.DB.prepare("SELECT name FROM programs WHERE slug = ?").bind(program).first("name");
    const before = (await open("/app/account")).html;
    expect(before).toContain(`Required by ${name} before payouts.`);
    expect(before).toContain(`${name} pays by PayPal.`);
    expect(before).not.toContain('name="iban"');
    const form = { form: "w8ben", received_at: "2026-01-03T00:00:00Z" };
    await admin("PUT", `/v1/affiliates/${a.username}/tax-form`, form);
    expect((await open("/app/account")).html).toMatch(
      /The merchant received your W-8BEN on <time[^>]*>Jan 3, 2026<\/time>/,
    );
  });
});
