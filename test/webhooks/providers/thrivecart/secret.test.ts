import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import { packRequest, SECRET_PLACE, unpackRequest } from "../../../../src/webhooks/deliveries/stored-request.ts";
import type { Outcome } from "../../../../src/webhooks/provider.ts";
import { thrivecart } from "../../../../src/webhooks/providers/thrivecart/adapter.ts";
import { readFormOrJson } from "../../../../src/webhooks/reading/read-form.ts";
import orderInJson from "../../../fixtures/thrivecart/order-success.json";
import order from "../../../fixtures/thrivecart/order-success.txt?raw";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signThrivecart } from "./signer.ts";

const [SECRET, OTHER, FOREIGN] = ["QX7R2M9KD4TB", "ZK3W8N5VHC1J", "LM0P6Y2SFG9A"] as const;
const TOOLS = toolsAt(Date.UTC(2026, 0, 5, 20));

const posted = (body: string, secret: string = SECRET) => requestWith(signThrivecart(body, { secret }));
const parse = (body: string) => thrivecart.parse(posted(body));

describe("the secret word in the body", () => {
  test.each([
    ["the only one", SECRET, [SECRET], null],
    ["the older of two", SECRET, [OTHER, SECRET], null],
    ["the newer of two", OTHER, [OTHER, SECRET], null],
    ["an unknown one", FOREIGN, [OTHER, SECRET], "secret_invalid"],
    ["nothing", "", [SECRET], "secret_missing"],
    ["a part of it", SECRET.slice(1), [SECRET], "secret_invalid"],
    ["any, if the endpoint has none", SECRET, [], "secret_invalid"],
  ])("%s", async (_, secret, secrets, code) => {
    expect(await verdictOf(thrivecart, posted(order, secret), secrets, TOOLS)).toBe(code);
    expect(await verdictOf(thrivecart, posted(JSON.stringify(orderInJson), secret), secrets, TOOLS)).toBe(code);
  });

  test.each([
    ["an empty body", "", "secret_missing"],
    ["broken JSON", `{"thrivecart_secret": "${SECRET}"`, "secret_missing"],
    ["no text", '{"thrivecart_secret": 1}', "secret_missing"],
    ["a bag", `thrivecart_secret[]=${SECRET}`, "secret_missing"],
    ["two, of which the last counts", `thrivecart_secret=${SECRET}&thrivecart_secret=${OTHER}`, "secret_invalid"],
  ])("%s", async (_, body, code) => {
    expect(await verdictOf(thrivecart, requestWith({ body }), [SECRET], TOOLS)).toBe(code);
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    // The rest of a body is not signed: anyone who knows the secret can send any event.
    await expectUnforgeable(
      thrivecart,
      requestWith({ body: `thrivecart_secret=${SECRET}` }),
      [OTHER, SECRET],
      TOOLS,
      {},
    );
  });

  test.each([
    ["a word", SECRET, null],
    ["too short", "QX7R2M9", "invalid_secret"],
    ["two words", "QX7R2M9K D4TB", "invalid_secret"],
    ["a URL", "https://thrivecart.com", "invalid_secret"],
    ["nothing", "", "invalid_secret"],
  ])("pasted: %s", (_, text, code) => {
    const { secret } = thrivecart;
    if (secret.made_by !== "provider") throw new Error("the secret is ThriveCart's");
    if (code === null) expect(() => secret.check(text)).not.toThrow();
    else expect(() => secret.check(text)).toThrow(expect.objectContaining({ status: 422, code, field: "secret" }));
  });
});

describe("a check of the endpoint", () => {
  test.each(["GET", "HEAD"])("can be a %s request", async (method) => {
    expect(await thrivecart.probe?.(requestWith({ method }), [])).toEqual({ status: 200 });
  });

  const problem = new Problem(401, "secret_missing", "…");
  const refused: Outcome = { status: "refused", conversion: null, attributed_to: null, reason: problem.code, problem };
  const refusedAs = (status: number, code: string) => ({ ...refused, problem: new Problem(status, code, "…") });

  test.each([
    ["an empty POST", refused, "", { status: 200 }],
    ["a POST without an event", refused, "hello=1", { status: 200 }],
    ["an ignored event", { ...refused, status: "ignored" as const, problem: null }, "hello=1", null],
    ["a refused event", refused, order, null],
    ["a truncated event", refused, '{"event": "order.success", "thrivecart_sec', null],
    ["a body that is too large", refusedAs(413, "body_too_large"), "", null],
    ["a body that is not text", refusedAs(422, "invalid_body"), "", null],
    ["an empty POST to a disabled endpoint", refusedAs(403, "endpoint_disabled"), "", null],
    ["a wrong secret", refusedAs(401, "secret_invalid"), "thrivecart_secret=LM0P6Y2SFG9A", null],
    ["a recorded event", { ...refused, status: "recorded" as const, problem: null }, order, null],
  ])("%s", (_, outcome, body, answer) => {
    expect(thrivecart.answer?.(outcome, requestWith({ body }))).toEqual(answer);
  });
});

describe("the secret in a stored request", () => {
  const kept = (body: string, secret: string) => {
    const text = packRequest(requestWith({ body }), thrivecart, [secret]);
    const { body: stored } = unpackRequest(text);
    return { text, stored, reading: thrivecart.parse(requestWith({ body: stored })) };
  };

  test.each([
    ["a form", order],
    ["JSON", JSON.stringify(orderInJson)],
  ])("is the only thing removed from %s", (_, body) => {
    for (const secret of [SECRET, "customer", "Secret!word(1)", "a+b c%d&e=é"]) {
      const signed = posted(body, secret).body;
      const { stored, reading } = kept(signed, secret);
      expect(reading).toEqual(parse(body));
      expect(readFormOrJson(stored)).toEqual({
        ...Object(readFormOrJson(signed)),
        thrivecart_secret: SECRET_PLACE,
      });
    }
  });

  test.each([
    ["Secret!word(1)", "thrivecart_secret=Secret%21word%281%29"],
    ["Secret!word(1)", "thrivecart_secret=Secret!word(1)"],
    ["Secret!word(1)", "thrivecart%5Fsecret=%53ecret%21word%281%29"],
    ["Secret!word(1)", "thrivecart_secret=Secret%21word%281%29&thrivecart_secret=Secret%21word%281%29"],
    ["Secret!word(1)", "thrivecart_secret[]=Secret%21word%281%29&thrivecart_secret=Secret%21word%281%29"],
    ["Geheimnis-ä1", '{"event":"order.refund","thrivecart_secret":"Geheimnis-\\u00e41"}'],
  ])("is removed in any encoding: %s in %s", async (secret, written) => {
    const body = written.startsWith("{") ? written : `event=order.refund&${written}`;
    expect(await verdictOf(thrivecart, requestWith({ body }), [secret], TOOLS)).toBeNull();
    const stored = packRequest(requestWith({ body }), thrivecart, [secret]);
    expect(decodeURIComponent(stored)).not.toMatch(/ecret!word|Geheimnis/);
    expect(stored).toContain("order.refund");
  });

  test("is removed as text from the rest of the request", () => {
    const { body } = posted(order);
    const text = packRequest(requestWith({ body, path: SECRET, query: { key: SECRET } }), thrivecart, [SECRET]);
    expect(text).not.toContain(SECRET);
    expect(unpackRequest(text).query.get("key")).toBe(SECRET_PLACE);
  });
});
