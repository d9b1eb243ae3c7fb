/** A shopping agent's `affiliate_attribution` credits the click's affiliate, is write-once, and is never shown. */
import { expect, test } from "vitest";
import { listDeliveries, readDelivery } from "../support/deliveries.ts";
import { admin, click, postEvent, sale, setUp } from "../support/story.ts";

async function meet() {
  const { program, a, b, endpoint } = await setUp({ affiliates: 2 });
  const tokens = { a: (await click(a.slug)).token, b: (await click(b.slug)).token };
  const claimOf = (token: string | null) => ({ provider: "go.shop.example", token, publisher_id: "maya" });
  return { program, a, endpoint, tokens, claimOf };
}

test("a claim's click token is credited", async () => {
  const { a, endpoint, tokens, claimOf } = await meet();
  const { json } = await postEvent(endpoint, sale({ affiliate_attribution: claimOf(tokens.a) }));
  expect(json).toMatchObject({ status: "recorded", attributed_to: a.username });
});

test("a later claim doesn't take over the payment, though its click is later", async () => {
  const { a, endpoint, tokens, claimOf, program } = await meet();
  const payment = { customer: { id: "cus_agent" }, payment: "pay_agent" };
  const { json } = await postEvent(endpoint, sale({ ...payment, affiliate_attribution: claimOf(tokens.a) }));
  expect(json).toMatchObject({ status: "recorded", attributed_to: a.username });
  const again = await postEvent(endpoint, sale({ ...payment, affiliate_attribution: claimOf(tokens.b) }));
  expect(again).toMatchObject({ status: 200, json: { status: "duplicate", attributed_to: a.username } });
  const { json: conversion } = await admin("GET", `/v1/conversions/${json.conversion}`);
  expect(conversion.attributed_to).toBe(a.username);
  expect(JSON.stringify(conversion)).not.toContain(tokens.b);
  // The same claim again is no other claim.
  const same = await postEvent(endpoint, sale({ ...payment, affiliate_attribution: claimOf(tokens.a) }));
  expect(same.json).toMatchObject({ status: "duplicate", attributed_to: a.username });
  expect((await listDeliveries(program)).map(({ outcome }) => outcome)).toEqual(["duplicate", "duplicate", "recorded"]);
});

test("the site's own click comes before an agent's claim", async () => {
  const { a, endpoint, tokens, claimOf } = await meet();
  const { json } = await postEvent(endpoint, sale({ click: tokens.a, affiliate_attribution: claimOf(tokens.b) }));
  expect(json.attributed_to).toBe(a.username);
});

test("a claim that proves nothing blocks nothing, and its delivery says so", async () => {
  const { program, endpoint, claimOf } = await meet();
  const { status, json } = await postEvent(endpoint, sale({ affiliate_attribution: claimOf(null) }));
  expect([status, json.attributed_to]).toEqual([200, null]);
  const [row] = await listDeliveries(program);
  expect(row?.detail).toBe("affiliate_attribution has no click token, so it credits nobody.");
});

test("the delivery log doesn't show a claim's token", async () => {
  const { program, endpoint, tokens, claimOf } = await meet();
  await postEvent(endpoint, sale({ affiliate_attribution: claimOf(tokens.a) }));
  const [row] = await listDeliveries(program);
  const shown = await readDelivery(program, row?.id);
  expect(JSON.stringify(shown)).not.toContain(tokens.a);
  expect(JSON.parse(shown.request.body).affiliate_attribution).toMatchObject({
    token: "[token]",
    publisher_id: "maya",
  });
  const { json } = await admin("POST", `/v1/programs/${program}/deliveries/${row?.id}/replay`);
  expect(json.status).toBe("duplicate");
});
