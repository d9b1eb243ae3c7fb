/** Secrets in stored requests, however they are written. */
import { describe, expect, test } from "vitest";
import { packRequest, SECRET_PLACE, unpackRequest } from "../../../src/webhooks/deliveries/stored-request.ts";
import { postback } from "../../../src/webhooks/providers/postback/adapter.ts";
import { fc } from "../../support/random.ts";
import { requestWith } from "../adapter.ts";

const SECRET = "k_Z9-Aé /+";

const percent = (text: string) =>
  [...new TextEncoder().encode(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const escapeJson = (text: string) =>
  text
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");

describe("a secret in a stored request", () => {
  const forms: [string, string][] = [
    ["as it is", SECRET],
    ["as a form encodes it", new URLSearchParams({ "": SECRET }).toString().slice(1)],
    ["as a URL encodes it", encodeURIComponent(SECRET)],
    ["with every byte percent-encoded", percent(SECRET)],
    ["with upper-case digits", percent(SECRET).toUpperCase()],
    ["with JSON escapes", escapeJson(SECRET)],
    ["with upper-case JSON escapes", escapeJson(SECRET).replaceAll(/[0-9a-f]{4}/g, (hex) => hex.toUpperCase())],
    ["with a slash as PHP writes it", SECRET.replace("/", "\\/")],
    ["mixed", `${SECRET.slice(0, 3)}${percent(SECRET.slice(3, 6))}${escapeJson(SECRET.slice(6))}`],
  ];
  test.each(forms)("is replaced %s", (_, written) => {
    const request = requestWith({ path: `a/${written}/b`, body: `before ${written} after` });
    const stored = unpackRequest(packRequest(request, postback, [SECRET, "another"]));
    expect(stored).toMatchObject({ path: `a/${SECRET_PLACE}/b`, body: `before ${SECRET_PLACE} after` });
  });

  test("is replaced in the query", () => {
    const query = new URLSearchParams({ key: SECRET, event: "sale" });
    const stored = unpackRequest(packRequest(requestWith({ query: query.toString() }), postback, [SECRET]));
    expect([stored.query.get("key"), stored.query.get("event")]).toEqual([SECRET_PLACE, "sale"]);
  });

  test("is replaced with any of its characters encoded", () => {
    const secrets = fc.string({ minLength: 8, maxLength: 20, unit: "grapheme" });
    const encoders = fc.infiniteStream(fc.constantFrom((text: string) => text, percent, escapeJson));
    fc.assert(
      fc.property(secrets, encoders, (secret, encode) => {
        fc.pre(!/[\\%]/.test(secret));
        const written = [...secret].map((character) => encode.next().value(character)).join("");
        const { body } = unpackRequest(packRequest(requestWith({ body: `x${written}x` }), postback, [secret]));
        expect(body).toBe(`x${SECRET_PLACE}x`);
      }),
    );
  });

  test("leaves everything else as it is", () => {
    const body = '{"email":"a%40b.example","name":"J\\u00e9r\\u00f4me","note":"k_Z9"}';
    expect(unpackRequest(packRequest(requestWith({ body }), postback, [SECRET])).body).toBe(body);
  });
});
