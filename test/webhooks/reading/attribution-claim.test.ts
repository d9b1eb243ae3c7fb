import { describe, expect, test } from "vitest";
import { hideClaims, readAttributionClaim } from "../../../src/webhooks/reading/attribution-claim.ts";

const TOKEN = "AQGbhLx5cD57oR4dK2mVf8sWq0JtLxYh3NnEzGdP6uTAAAAAAQAAACoAAAFZkq3fB7wC9yXmUe1vTjHs4aRiO5gKpQlD";
const NOTE = "affiliate_attribution has no click token, so it credits nobody.";
const claim = {
  provider: "go.shop.example",
  publisher_id: "maya",
  sub_id: "u1=abc",
  metadata: { placement: "top_pick" },
};

describe("a claim", () => {
  test.each([
    ["with our token", { ...claim, token: TOKEN }, TOKEN, null],
    ["that isn't sent", undefined, null, null],
    ["that is null", null, null, null],
    ["with another provider's token", { ...claim, provider: "impact.com", token: "atp_01J8Z3WXYZ9ABC" }, null, NOTE],
    ["with a publisher's id only", claim, null, NOTE],
    ["without a provider", { token: TOKEN }, null, NOTE],
    ["of another type", "maya", null, NOTE],
    ["with a token of another type", { ...claim, token: { jwt: TOKEN } }, null, NOTE],
  ])("%s", (_, given, click, note) => {
    expect(readAttributionClaim(given)).toEqual({ click, note });
  });
});

describe("a shown body", () => {
  test("has no token of a claim", () => {
    const body = JSON.stringify({ type: "sale", affiliate_attribution: { ...claim, token: TOKEN } }, null, 2);
    expect(hideClaims(body)).not.toContain(TOKEN);
    expect(JSON.parse(hideClaims(body)).affiliate_attribution).toEqual({ ...claim, token: "[token]" });
    const nested = JSON.stringify({ metadata: { affiliate_attribution: JSON.stringify({ ...claim, token: TOKEN }) } });
    expect(JSON.parse(JSON.parse(hideClaims(nested)).metadata.affiliate_attribution).token).toBe("[token]");
  });

  test("is shown at once, whatever it contains", { timeout: 2_000 }, () => {
    const body = `affiliate_attribution${"\\".repeat(500_000)}`;
    expect(hideClaims(body)).toBe(body);
  });

  test("without a claim is shown as it is", () => {
    const body = JSON.stringify({ click: TOKEN, token: TOKEN });
    expect(hideClaims(body)).toBe(body);
  });
});
