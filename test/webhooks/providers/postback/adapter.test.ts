import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import type { Outcome, Provider } from "../../../../src/webhooks/provider.ts";
import { postback } from "../../../../src/webhooks/providers/postback/adapter.ts";
import everflowConversion from "../../../fixtures/postback/everflow-conversion.txt?raw";
import renewal from "../../../fixtures/postback/renewal.txt?raw";
import sale from "../../../fixtures/postback/sale.json";
import tuneConversion from "../../../fixtures/postback/tune-conversion.txt?raw";
import tuneGoal from "../../../fixtures/postback/tune-goal.txt?raw";
import voluumPurchase from "../../../fixtures/postback/voluum-purchase.txt?raw";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { type PostbackOptions, signPostback } from "./signer.ts";

const ENDPOINT = "ep_n0rthw1nd";
const SECRET = postback.secret.make(new Uint8Array(32).fill(7));
const OTHER = postback.secret.make(new Uint8Array(32).fill(8));
const TOOLS = toolsAt(Date.UTC(2026, 10, 16));

type Given = string | Record<string, unknown>;

const signed = (fields: Given, options: Partial<PostbackOptions> = {}) =>
  requestWith(
    signPostback(typeof fields === "string" ? fields.trim() : fields, {
      endpoint: ENDPOINT,
      secret: SECRET,
      ...options,
    }),
  );
const verify = (request: ReturnType<typeof requestWith>, secrets = [SECRET]) =>
  verdictOf(postback, request, secrets, TOOLS);

describe("the key", () => {
  test("is generated, needs no encoding in a URL, and is part of the endpoint's", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(postback.address(ENDPOINT, SECRET)).toBe(`/v1/postback?endpoint=${ENDPOINT}&key=${SECRET}`);
  });

  const places: [string, Partial<PostbackOptions>][] = [
    ["the query", { as: "query" }],
    ["a form", { as: "form" }],
    ["JSON", { as: "json" }],
    ["a header, with a query", { as: "query", key: "bearer" }],
    ["a header, with a form", { as: "form", key: "bearer" }],
    ["a header, with JSON", { as: "json", key: "bearer" }],
    ["Everflow's parameter", { key: "verification_token" }],
    ["TUNE's parameter", { key: "security_token" }],
  ];
  test.each(places)("is read from %s", async (_, place) => {
    expect(await verify(signed("event=lead", place))).toBeNull();
    expect(await verify(signed("event=lead", { ...place, secret: OTHER }))).toBe("signature_invalid");
    expect(await verify(signed("event=lead", { ...place, secret: "" }))).toBe("signature_missing");
  });

  test("is either of two during a rotation, but not a third", async () => {
    const third = postback.secret.make(new Uint8Array(32).fill(9));
    expect(await verify(signed("event=lead"), [OTHER, SECRET])).toBeNull();
    expect(await verify(signed("event=lead", { secret: OTHER }), [OTHER, SECRET])).toBeNull();
    expect(await verify(signed("event=lead", { secret: third }), [OTHER, SECRET])).toBe("signature_invalid");
  });

  test("is refused by an endpoint without one", async () => {
    expect(await verify(signed("event=lead"), [])).toBe("signature_invalid");
    expect(await verify(requestWith({ query: "key=" }), [""])).toBe("signature_missing");
  });

  test("is refused together with a wrong one", async () => {
    expect(await verify(signed(`event=lead&key=${OTHER}`))).toBe("signature_invalid");
    expect(await verify(requestWith({ query: { key: SECRET }, body: `key=${OTHER}` }))).toBe("signature_invalid");
    const header = { authorization: `Bearer ${OTHER}` };
    expect(await verify(requestWith({ query: { key: SECRET }, headers: header }))).toBe("signature_invalid");
  });

  test("is accepted together with a tracker's old one", async () => {
    expect(await verify(signed("event=lead&security_token=old"))).toBeNull();
  });

  test("in the query is accepted with an unreadable body", async () => {
    expect(await verify(requestWith({ query: { key: SECRET }, body: "{" }))).toBeNull();
    expect(await verify(requestWith({ body: "{" }))).toBe("signature_missing");
  });

  const forged: [string, (key: string) => ReturnType<typeof requestWith>][] = [
    ["the query", (key) => requestWith({ method: "GET", query: { endpoint: ENDPOINT, key, event: "lead" } })],
    ["JSON", (key) => requestWith({ body: JSON.stringify({ endpoint: ENDPOINT, key, event: "lead" }) })],
    ["a header", (key) => requestWith({ headers: { authorization: `Bearer ${key}` }, body: "event=lead" })],
  ];
  test.each(forged)("with one byte changed is refused in %s", { tags: ["deep"] }, async (_, request) => {
    const byKey: Provider = {
      ...postback,
      verify: ({ body }, secrets) => postback.verify(request(body), secrets),
    };
    await expectUnforgeable(byKey, requestWith({ body: SECRET }), [SECRET], TOOLS, {});
  });
});

describe("the response", () => {
  const RECORDED: Outcome = {
    status: "recorded",
    conversion: "cv_1",
    attributed_to: "maria",
    reason: "last_click",
    problem: null,
  };
  const refuse = (status: number, words: string): Outcome => ({
    ...{ status: "refused", conversion: null, attributed_to: null, reason: "x" },
    problem: new Problem(status, "x", words),
  });
  const answer = (fields: Given, outcome = RECORDED) => postback.answer(outcome, signed(fields));

  test("is ours for our field names, Everflow's and Voluum's", () => {
    const both = { click_id: "c", transaction_id: "c" };
    for (const fields of [sale, both, renewal, everflowConversion, voluumPurchase]) expect(answer(fields)).toBeNull();
    expect(answer(renewal, refuse(422, "no"))).toBeNull();
  });

  test("is TUNE's for TUNE's field names, and on request", () => {
    const success = { status: 200, headers: { "Content-Type": "text/plain; charset=utf-8" }, body: "success=true;" };
    for (const fields of [tuneConversion, tuneGoal, `${renewal.trim()}&format=tune`, { ...sale, format: "TUNE" }]) {
      expect(answer(fields)).toMatchObject(success);
    }
    expect(answer(tuneConversion, { ...RECORDED, status: "duplicate" })).toMatchObject(success);
    expect(answer(tuneConversion, { ...RECORDED, status: "waiting" })).toMatchObject(success);
    expect(answer(`${tuneConversion.trim()}&format=json`)).toBeNull();
  });

  test("is TUNE's for a refusal, on one line and with the status", () => {
    expect(answer(tuneConversion, refuse(401, "Not;\nthis key."))).toMatchObject({
      status: 401,
      body: "success=false; err_msg=Not this key.;",
    });
  });

  test("is a pixel on request, for any outcome", () => {
    for (const fields of [
      `${tuneConversion.trim()}&pixel=1`,
      `${renewal.trim()}&format=gif`,
      { ...sale, pixel: true },
    ]) {
      for (const outcome of [RECORDED, refuse(401, "no"), refuse(503, "later")]) {
        const given = answer(fields, outcome);
        expect(given).toMatchObject({
          status: 200,
          headers: { "Content-Type": "image/gif", "Cache-Control": "no-store" },
        });
        expect(new Uint8Array(given?.body as Uint8Array<ArrayBuffer>).toHex()).toMatch(/^47494638396101000100.*3b$/);
      }
    }
    expect(answer(`${renewal.trim()}&pixel=0`)).toBeNull();
  });

  test("does not need a readable body", () => {
    expect(postback.answer(refuse(422, "no"), requestWith({ query: "format=tune", body: "{" }))).toMatchObject({
      status: 422,
    });
  });
});
