import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../../src/db/database.ts";
import { hashText } from "../../../src/lib/platform/vault.ts";
import { loadPayee } from "../../../src/payouts/payees/gate-queries.ts";
import { createSignInLink, signIn, submitSignIn } from "../../portal/session.ts";
import { noonAfter, runCron } from "../../support/run-cron.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../../support/story.ts";

const home = { name: "Jane Doe", street: "Hauptstr. 1", city: "Berlin", postcode: "10115", country: "DE" };
const ibanDetails = {
  method: "bank",
  account_holder: "Jane Doe",
  country: "DE",
  currency: "EUR",
  iban: "DE89 3704 0044 0532 0130 00",
  bic: "COBADEFFXXX",
  address: home,
};

const put = (username: string, body: unknown) => admin("PUT", `/v1/affiliates/${username}/payee`, body);
const idOf = async (username: string) =>
  (await env.DB.prepare("SELECT id FROM affiliates WHERE username = ?").bind(username).first<number>("id")) ?? 0;

/** The given texts that are in any row of any table of D1. */
async function findInD1(texts: readonly string[]): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all<{
    name: string;
  }>();
  const tables = results.map(({ name }) => name).filter((name) => !/^(sqlite_|_cf_)/.test(name));
  expect(tables.length).toBeGreaterThan(30);
  const all = await Promise.all(tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`).all()));
  const rows = JSON.stringify(all.map(({ results }) => results));
  return texts.filter((text) => rows.includes(text));
}

describe("affiliates with the same account", () => {
  const sharedWith = async (username: string) =>
    (await admin("GET", `/v1/affiliates/${username}/payee`)).json.shared_with;

  test.each<[string, object, object, boolean]>([
    ["one PayPal address in any spelling", { email: "One@example.com" }, { email: "one+x@example.com" }, true],
    ["two PayPal addresses", { email: "one@example.com" }, { email: "two@example.com" }, false],
    [
      "one IBAN with different account holders",
      ibanDetails,
      { ...ibanDetails, account_holder: "Jo", currency: "USD" },
      true,
    ],
  ])("%s", async (_, first, second, isShared) => {
    const { a, b } = await setUp();
    expect((await put(a.username, { method: "paypal", ...first })).json.shared_with).toEqual([]);
    const { json } = await put(b.username, { method: "paypal", ...second });
    expect(json.shared_with).toEqual(isShared ? [a.username] : []);
    expect(await sharedWith(a.username)).toEqual(isShared ? [b.username] : []);
    for (const { username } of [a, b]) await admin("DELETE", `/v1/affiliates/${username}/payee`);
  });

  test("are named on each, as long as both have it", async () => {
    const { affiliates } = await setUp({ affiliates: 3 });
    const [a = "", b = "", c = ""] = affiliates.map(({ username }) => username);
    for (const username of [a, b, c]) await put(username, { method: "paypal", email: "three@example.com" });
    expect([await sharedWith(a), await sharedWith(b), await sharedWith(c)]).toEqual([
      [b, c],
      [a, c],
      [a, b],
    ]);
    await put(b, { method: "paypal", email: "own@example.com" });
    await admin("DELETE", `/v1/affiliates/${c}/payee`);
    expect([await sharedWith(a), await sharedWith(b), await sharedWith(c)]).toEqual([[], [], []]);
  });

  test("are found among details that an earlier release stored, once the hourly cron has run", async () => {
    const { a, b } = await setUp();
    for (const { username } of [a, b]) await put(username, { method: "paypal", email: "old@example.com" });
    await env.DB.prepare("UPDATE payees SET account_hash = NULL").run();
    expect(await sharedWith(a.username)).toEqual([]);
    await runCron(noonAfter(Date.now()));
    expect(await sharedWith(a.username)).toEqual([b.username]);
  });
});

describe("payment details", () => {
  test("are accepted in full, stored sealed and shown masked, with each change", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const none = await admin("GET", `/v1/affiliates/${a.username}/payee`);
    expect(none.json).toEqual({
      affiliate: a.username,
      method: null,
      details: null,
      changed_at: null,
      tax_form: null,
      gates: { tax_form: false, payment_details: false },
      changes: [],
      shared_with: [],
    });
    const paypal = await put(a.username, { method: "paypal", email: " Jane.Doe@Example.com " });
    expect(paypal).toMatchObject({
      status: 200,
      json: { method: "paypal", details: { method: "paypal", email: "j•••@example.com", address: null } },
    });
    const bank = await put(a.username, ibanDetails);
    expect(bank.json).toMatchObject({
      method: "bank",
      details: {
        account_holder: "J•••",
        holder_type: "person",
        iban: "•••• 3000",
        bic: "COBADEFFXXX",
        address: { name: "J•••", street: "•••", city: "B•••", postcode: "•••", country: "DE" },
      },
      changes: [
        { method: "bank", masked: "•••• 3000", changed_by: "merchant" },
        { method: "paypal", masked: "j•••@example.com", changed_by: "merchant" },
      ],
    });
    expect(await findInD1(["jane.doe@example.com", "DE89370400440532013000", "Jane Doe", "Hauptstr"])).toEqual([]);
    // Saving the same details again is not a change.
    expect((await put(a.username, ibanDetails)).json).toEqual(bank.json);
  });

  test.each([
    ["an IBAN with a typo", { ...ibanDetails, iban: "DE89370400440532013001" }, "invalid_iban"],
    ["an IBAN of another country", { ...ibanDetails, country: "FR" }, "invalid_iban"],
    ["no IBAN where accounts have one", { ...ibanDetails, iban: null, account_number: "0532013000" }, "invalid_iban"],
    ["a BIC with a typo", { ...ibanDetails, bic: "COBADE" }, "invalid_bic"],
    ["an unknown country", { ...ibanDetails, country: "ZZ" }, "invalid_country"],
    ["a holder that is a formula", { ...ibanDetails, account_holder: "=1+1" }, "invalid_account_holder"],
    ["no address", { ...ibanDetails, address: undefined }, "invalid_address"],
    ["an unknown field", { ...ibanDetails, pin: "1234" }, "unknown_field"],
    ["no email address", { method: "paypal", email: "jane" }, "invalid_email"],
    [
      "an address that a spreadsheet reads as a formula",
      { method: "paypal", email: "+jane@example.com" },
      "invalid_email",
    ],
    ["another method", { method: "cash" }, "invalid_method"],
    ["no method", {}, "invalid_method"],
  ])("%s is refused, and nothing changes", async (_, body, code) => {
    const { a } = await setUp({ affiliates: 1 });
    const { status, json } = await put(a.username, body);
    expect([status, json.code], JSON.stringify(json)).toEqual([422, code]);
    expect((await admin("GET", `/v1/affiliates/${a.username}/payee`)).json.changes).toEqual([]);
  });

  test("an affiliate's own purchase with its payout address earns nothing", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    await put(a.username, { method: "paypal", email: "pay.me@gmail.com" });
    const { token } = await click(a.slug);
    const customer = { id: "cus_own", email: "PayMe@gmail.com" };
    const { json } = await postEvent(endpoint, sale({ click: token, customer }));
    await conversionThat(json.conversion, { status: "recorded", attributed_to: null });
  });

  test("too many changes in a day are refused", async () => {
    const { a } = await setUp({ affiliates: 1 });
    for (let n = 1; n <= 20; n += 1) {
      expect((await put(a.username, { method: "paypal", email: `a${n}@example.com` })).status).toBe(200);
    }
    const refused = await put(a.username, { method: "paypal", email: "a21@example.com" });
    expect([refused.status, refused.json.code]).toEqual([429, "too_many_changes"]);
  });

  test("simultaneous changes are all kept", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const emails = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"];
    await Promise.all(emails.map((email) => put(a.username, { method: "paypal", email })));
    const { json } = await admin("GET", `/v1/affiliates/${a.username}/payee`);
    expect(json.changes).toHaveLength(4);
    expect(json.changes[0].masked).toBe(json.details.email);
  });
});

test("payout gates are shown without any payment details", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const db = openDatabase(env.DB);
  const id = await idOf(a.username);
  expect(await loadPayee(db, id)).toEqual({ tax_form_received_at: null, has_payment_details: false, method: null });
  await put(a.username, { method: "paypal", email: "jane@example.com" });
  await admin("PUT", `/v1/affiliates/${a.username}/tax-form`, { form: "w9", received_at: "2026-01-03T00:00:00Z" });
  const received = Date.UTC(2026, 0, 3);
  expect(await loadPayee(db, id)).toEqual({
    tax_form_received_at: received,
    has_payment_details: true,
    method: "paypal",
  });
  await admin("DELETE", `/v1/affiliates/${a.username}/payee`);
  await admin("DELETE", `/v1/affiliates/${a.username}/tax-form`);
  expect(await loadPayee(db, id)).toEqual({ tax_form_received_at: null, has_payment_details: false, method: null });
});

test("a tax form has a known type, and no future date", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const path = `/v1/affiliates/${a.username}/tax-form`;
  expect((await admin("PUT", path, { form: "w8ben" })).json.tax_form).toMatchObject({ form: "w8ben" });
  expect((await admin("PUT", path, { form: "w7" })).json.code).toBe("invalid_form");
  expect((await admin("PUT", path, { form: "w9", received_at: "2999-01-01T00:00:00Z" })).json.code).toBe(
    "invalid_received_at",
  );
});

describe("erasing", () => {
  /** An affiliate with a ledger, details of both methods, a session and an open sign-in link. */
  async function somebody() {
    const story = await setUp({ affiliates: 1 });
    const { a, endpoint } = story;
    const name = `Erika of ${a.username}`;
    await env.DB.prepare("UPDATE affiliates SET name = ? WHERE username = ?").bind(name, a.username).run();
    const { json } = await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
    await eventually(async () => {
      const { json: found } = await admin("GET", `/v1/conversions/${json.conversion}`);
      expect(found.entries).toHaveLength(1);
    });
    await put(a.username, { method: "paypal", email: "to.be.erased@example.org" });
    await put(a.username, ibanDetails);
    return { ...story, conversion: json.conversion as string, id: await idOf(a.username) };
  }
  const ledgerOf = async (id: number) =>
    (await env.DB.prepare("SELECT * FROM ledger_entries WHERE affiliate_id = ?").bind(id).all()).results;

  test("payment details keeps only the record of their changes", async () => {
    const { a, id } = await somebody();
    const before = await ledgerOf(id);
    const { json } = await admin("DELETE", `/v1/affiliates/${a.username}/payee`);
    expect(json).toMatchObject({
      method: null,
      details: null,
      changes: [
        { method: null, masked: null },
        { method: "bank", masked: null },
        { method: "paypal", masked: null },
      ],
    });
    const { results } = await env.DB.prepare("SELECT * FROM payees WHERE affiliate_id = ?").bind(id).all();
    expect(results.map(({ sealed_details }) => sealed_details)).toEqual([null, null, null]);
    expect((await admin("GET", `/v1/affiliates/${a.username}/marks`)).json.data).toEqual([]);
    expect(await ledgerOf(id)).toEqual(before);
    // Again: there is nothing left to erase.
    expect((await admin("DELETE", `/v1/affiliates/${a.username}/payee`)).json).toEqual(json);
  });

  test("a person leaves the ledger unchanged, and ends all sign-ins", async () => {
    const { a, program, id, conversion } = await somebody();
    const { open } = await signIn(a.username);
    const link = await createSignInLink(a.username);
    await admin("POST", `/v1/affiliates/${a.username}/marks`, { kind: "email", value: "other@example.org" });
    const before = await ledgerOf(id);
    const conversionBefore = (await admin("GET", `/v1/conversions/${conversion}`)).json;
    const person = [`${a.username}@example.com`, "t•••@example.org", `Erika of ${a.username}`];
    expect(await findInD1(person)).toEqual(person);

    const first = await admin("POST", `/v1/affiliates/${a.username}/erase`);
    expect(first).toMatchObject({ status: 200, json: { username: a.username } });
    expect(await admin("POST", `/v1/affiliates/${a.username}/erase`)).toEqual(first);

    expect(await findInD1([...person, "to.be.erased", "DE89370400440532013000"])).toEqual([]);
    expect(await ledgerOf(id)).toEqual(before);
    expect((await admin("GET", `/v1/conversions/${conversion}`)).json).toEqual(conversionBefore);
    expect((await open("/app")).status).toBe(401);
    expect((await submitSignIn(link)).status).toBe(410);
    const sessions = env.DB.prepare("SELECT count(*) AS n FROM sessions WHERE affiliate_id = ?").bind(id);
    expect(await sessions.first("n")).toBe(0);
    // A session that began during the erasure is invalid too.
    await env.DB.prepare("INSERT INTO sessions VALUES (?, ?, ?)")
      .bind(await hashText("late"), id, 9e15)
      .run();
    expect((await send("/app", { headers: { Cookie: "__Host-lc_session=late" } })).status).toBe(401);
    const refusals = await Promise.all([
      admin("POST", `/v1/affiliates/${a.username}/sign-in-link`),
      put(a.username, { method: "paypal", email: "back@example.com" }),
      admin("PUT", `/v1/affiliates/${a.username}/tax-form`, { form: "w9" }),
    ]);
    expect(refusals.map(({ status, json }) => [status, json.code])).toEqual(
      refusals.map(() => [409, "affiliate_erased"]),
    );
    const { results } = await env.DB.prepare("SELECT status FROM enrolments WHERE affiliate_id = ?").bind(id).all();
    expect(results).toEqual([{ status: "suspended" }]);
    expect((await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`)).status).toBe(200);
    // The address can be used again.
    const anew = { username: `${a.username}-2`, name: "A", email: `${a.username}@example.com` };
    expect((await admin("POST", "/v1/affiliates", anew)).status).toBe(201);
  });

  test("works without the key that sealed the details", async () => {
    const { a, id } = await somebody();
    await env.DB.prepare("UPDATE payees SET sealed_details = 'AAAA.BBBB' WHERE affiliate_id = ?").bind(id).run();
    expect((await admin("DELETE", `/v1/affiliates/${a.username}/payee`)).status).toBe(200);
  });
});
