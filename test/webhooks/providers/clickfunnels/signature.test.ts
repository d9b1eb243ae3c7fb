import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { clickfunnels } from "../../../../src/webhooks/providers/clickfunnels/adapter.ts";
import paid from "../../../fixtures/clickfunnels/invoice-paid.json?raw";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { CLICKFUNNELS_SECRET, signClickfunnels } from "./signer.ts";

const NOW = Date.UTC(2026, 0, 5, 19, 39);
const OTHER = "0c5d0d645bedefbaf76e3269d1b1141ef07683c179cc3bb0aee9348c90517a7f";

const judge = async (given: { secret?: string; now?: number }, secrets: readonly string[]) => {
  const request = requestWith(await signClickfunnels(paid, { now: NOW, ...given }));
  return verdictOf(clickfunnels, request, secrets, toolsAt(NOW));
};

test.each([
  ["by the only secret", {}, [CLICKFUNNELS_SECRET], null],
  ["by the older of two", {}, [OTHER, CLICKFUNNELS_SECRET], null],
  ["by another secret", { secret: OTHER }, [CLICKFUNNELS_SECRET], "signature_invalid"],
  ["for an endpoint without a secret", {}, [], "signature_invalid"],
  ["for an endpoint with an empty secret", {}, [""], "signature_invalid"],
  ["600 s old", { now: NOW - 600_000 }, [CLICKFUNNELS_SECRET], null],
  ["600 s ahead", { now: NOW + 600_000 }, [CLICKFUNNELS_SECRET], null],
  ["601 s old", { now: NOW - 601_000 }, [CLICKFUNNELS_SECRET], "timestamp_out_of_range"],
  ["601 s ahead", { now: NOW + 601_000 }, [CLICKFUNNELS_SECRET], "timestamp_out_of_range"],
])("a signature %s", async (_, given, secrets, code) => {
  expect(await judge(given, secrets)).toBe(code);
});

describe("the headers", () => {
  const [signature, timestamp] = ["x-webhook-clickfunnels-signature", "x-webhook-clickfunnels-timestamp"];
  test.each([
    ["without the signature", signature, null, "signature_missing"],
    ["without the time", timestamp, null, "signature_missing"],
    ["with a time in words", timestamp, "now", "timestamp_out_of_range"],
    ["with the signature in upper case", signature, "upper", "signature_invalid"],
    ["with a scheme before the signature", signature, "sha256=00", "signature_invalid"],
  ])("%s", async (_, name, value, code) => {
    const signed = await signClickfunnels(paid, { now: NOW });
    const headers = new Headers(signed.headers);
    if (value === null) headers.delete(name);
    else headers.set(name, value === "upper" ? (headers.get(name) ?? "").toUpperCase() : value);
    const request = { ...requestWith(signed), headers };
    expect(await verdictOf(clickfunnels, request, [CLICKFUNNELS_SECRET], toolsAt(NOW))).toBe(code);
  });
});

test("our signer signs as ClickFunnels' sample code does", async () => {
  const { headers } = await signClickfunnels(paid, { now: NOW });
  const sample = createHmac("sha256", CLICKFUNNELS_SECRET)
    .update(`${NOW / 1_000}.${paid}`)
    .digest("hex");
  expect(headers["x-webhook-clickfunnels-signature"]).toBe(sample);
});

test("is refused with any byte of the body, time or signature changed", { tags: ["deep"] }, async () => {
  const request = requestWith(await signClickfunnels(paid, { now: NOW }));
  await expectUnforgeable(clickfunnels, request, [OTHER, CLICKFUNNELS_SECRET], toolsAt(NOW), {
    headers: ["x-webhook-clickfunnels-signature", "x-webhook-clickfunnels-timestamp"],
  });
});

test.each([
  ["of a webhook endpoint", CLICKFUNNELS_SECRET, null],
  ["that is too short", "839d0d645bed", "invalid_secret"],
  ["that is a URL", "https://acme.myclickfunnels.com/api/v2", "invalid_secret"],
  ["that is empty", "", "invalid_secret"],
])("a pasted secret %s", (_, text, code) => {
  const { secret } = clickfunnels;
  if (secret.made_by !== "provider") throw new Error("ClickFunnels makes the secret");
  if (code === null) expect(() => secret.check(text)).not.toThrow();
  else expect(() => secret.check(text)).toThrow(expect.objectContaining({ status: 422, code, field: "secret" }));
});
