import { describe, expect, test } from "vitest";
import { createSignInLink, submitSignIn } from "../portal/session.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const pairOf = (cookie: string | null) => (cookie ?? "").split(";")[0] ?? "";
const marks = async (username: string) => (await admin("GET", `/v1/affiliates/${username}/marks`)).json.data;

/** Affiliate A clicks its own link and signs in later with the same browser. */
async function signInAfterOwnClick(terms: Record<string, unknown> = {}) {
  const story = await setUp({ program: { terms } });
  const own = await click(story.a.slug);
  expect(pairOf(own.cookie)).toBe(`lc_${story.program}=${own.token}`);
  const signedIn = await submitSignIn(await createSignInLink(story.a.username), { Cookie: pairOf(own.cookie) });
  expect(signedIn.status).toBe(303);
  const session = pairOf(signedIn.headers.getSetCookie()[0] ?? null);
  return { ...story, own, session };
}

describe("the browser in which an affiliate signs in", () => {
  test("earns no commission on its purchases, by the visitor id", async () => {
    const { a, endpoint, own } = await signInAfterOwnClick();
    expect(await marks(a.username)).toMatchObject([{ kind: "visitor" }]);
    const { json } = await postEvent(endpoint, sale({ click: own.token, customer: { email: "spouse@example.net" } }));
    expect(json).toMatchObject({ attributed_to: null, reason: "own_purchase" });
    const { explanation, entries } = await conversionThat(json.conversion, { attributed_to: null });
    expect(explanation.touches).toMatchObject([{ outcome: "own_purchase", own_by: "visitor" }]);
    expect(explanation.text).toContain("signed in with the browser that clicked");
    expect(entries).toEqual([]);
  });

  test("earns commission where the terms allow it", async () => {
    const { a, endpoint, own } = await signInAfterOwnClick({ self_purchase: "allow" });
    const { json } = await postEvent(endpoint, sale({ click: own.token }));
    expect(json).toMatchObject({ attributed_to: a.username, reason: "last_click" });
  });

  test("may click another affiliate's link, which is credited", async () => {
    const { a, b, endpoint, own } = await signInAfterOwnClick();
    const customer = { id: "cus_own" };
    await postEvent(endpoint, { ...sale({ click: own.token, customer }), type: "lead", payment: null });
    const other = await click(b.slug, { headers: { Cookie: pairOf(own.cookie) } });
    const { json } = await postEvent(endpoint, sale({ click: other.token, customer }));
    expect(json).toMatchObject({ attributed_to: b.username, reason: "last_click" });
    const { explanation } = await conversionThat(json.conversion, { attributed_to: b.username });
    expect(explanation.touches).toMatchObject([
      { affiliate: b.username, outcome: "chosen" },
      { affiliate: a.username, outcome: "own_purchase", own_by: "visitor" },
    ]);
  });

  test("is detected by a click after the sign-in too, once the overview is opened", async () => {
    const { a, b } = await setUp();
    const signedIn = await submitSignIn(await createSignInLink(a.username));
    const session = pairOf(signedIn.headers.getSetCookie()[0] ?? null);
    expect(await marks(a.username)).toEqual([]);
    const later = await click(b.slug);
    const cookies = `${session}; ${pairOf(later.cookie)}`;
    for (let visit = 1; visit <= 2; visit += 1) {
      expect((await send("/app", { headers: { Cookie: cookies } })).status).toBe(200);
    }
    await eventually(async () => expect(await marks(a.username)).toMatchObject([{ kind: "visitor" }]));
  });

  test("is detected only by tokens signed with our keys", async () => {
    const { a, b, program } = await setUp();
    const { token } = await click(b.slug);
    const forged = `${token.slice(0, 40)}${token[40] === "A" ? "B" : "A"}${token.slice(41)}`;
    const headers = { Cookie: `lc_${program}=${forged}; lc_other=x; other=${token}` };
    expect((await submitSignIn(await createSignInLink(a.username), headers)).status).toBe(303);
    expect(await marks(a.username)).toEqual([]);
  });
});

describe("an affiliate that buys after its own click", () => {
  const add = (username: string, kind: string, value: string) =>
    admin("POST", `/v1/affiliates/${username}/marks`, { kind, value });

  test.each([
    ["its email address at Gmail, dotted and tagged", "J.O.Doe+deals@GMail.com"],
    ["its other name at Gmail", "jodoe@googlemail.com"],
  ])("is detected by %s", async (_, email) => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    await add(a.username, "email", "jo.doe@gmail.com");
    const { json } = await postEvent(endpoint, sale({ customer: { email }, click: (await click(a.slug)).token }));
    expect(json).toMatchObject({ attributed_to: null, reason: "own_purchase" });
    const { explanation } = await conversionThat(json.conversion, { attributed_to: null });
    expect(explanation.touches).toMatchObject([{ outcome: "own_purchase", own_by: "email" }]);
    expect(explanation.text).toContain("email address");
  });

  test("is detected by its account's email address, in any case and with a tag, without a stored identifier", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const email = `${a.username.toUpperCase()}+shop@example.com`;
    const { json } = await postEvent(endpoint, sale({ customer: { email }, click: (await click(a.slug)).token }));
    expect(json).toMatchObject({ attributed_to: null, reason: "own_purchase" });
  });

  test.each([
    ["a card's fingerprint", "fp_Xt5EWLLDS7FJjR1c", "fp_Xt5EWLLDS7FJjR1c"],
    ["an address at PayPal", "pay@example.org", "Pay@Example.ORG"],
  ])("is detected by %s", async (_, value, payer) => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    await add(a.username, "payment_details", value);
    const { json } = await postEvent(endpoint, sale({ payer, click: (await click(a.slug)).token }));
    expect(json).toMatchObject({ attributed_to: null, reason: "own_purchase" });
    const { explanation } = await conversionThat(json.conversion, { attributed_to: null });
    expect(explanation.touches).toMatchObject([{ outcome: "own_purchase", own_by: "payment_details" }]);
  });

  test("does not block another affiliate's credit by its own card", async () => {
    const { a, b, endpoint } = await setUp();
    await add(a.username, "payment_details", "fp_1");
    const { json } = await postEvent(endpoint, sale({ payer: "fp_1", click: (await click(b.slug)).token }));
    expect(json).toMatchObject({ attributed_to: b.username, reason: "last_click" });
  });

  test("earns with all of these where the terms allow it", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1, program: { terms: { self_purchase: "allow" } } });
    await add(a.username, "payment_details", "fp_1");
    const event = sale({ payer: "fp_1", customer: { email: `${a.username}@example.com` } });
    const { json } = await postEvent(endpoint, { ...event, click: (await click(a.slug)).token });
    expect(json).toMatchObject({ attributed_to: a.username, reason: "last_click" });
  });
});
