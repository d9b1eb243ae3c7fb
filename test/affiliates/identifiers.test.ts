import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { admin, setUp } from "../support/story.ts";

const add = (username: string, kind: string, value: unknown) =>
  admin("POST", `/v1/affiliates/${username}/marks`, { kind, value });

test("an identifier is recognized in any spelling, and its value is not stored", async () => {
  const { a, b } = await setUp();
  const first = await add(a.username, "email", "Jo.Doe+shop@Gmail.com");
  expect(first).toMatchObject({ status: 201, json: { id: expect.stringMatching(/^[0-9a-f]{12}$/), kind: "email" } });
  const again = await add(a.username, "email", " jodoe@googlemail.com");
  expect(again).toEqual({ status: 200, json: first.json });
  const card = await add(a.username, "payment_details", "fp_Xt5EWLLDS7FJjR1c");
  expect(card.status).toBe(201);
  expect((await add(b.username, "email", "jodoe@gmail.com")).status).toBe(201);
  const { json } = await admin("GET", `/v1/affiliates/${a.username}/marks`);
  expect(json).toEqual({ data: [first.json, card.json], next: null });
  const { results } = await env.DB.prepare("SELECT * FROM affiliate_marks").all();
  expect(JSON.stringify([first, card, json, results])).not.toMatch(/jodoe|jo\.doe|Xt5EWLLDS7FJjR1c/i);
  expect(JSON.stringify([first, card, json])).not.toMatch(/[0-9a-f]{13}/);
});

test("a list continues on the next page", async () => {
  const { a } = await setUp();
  const made: string[] = [];
  for (let n = 0; n < 5; n += 1) made.push((await add(a.username, "payment_details", `card ${n}`)).json.id);
  const path = `/v1/affiliates/${a.username}/marks?limit=2`;
  const pages = [(await admin("GET", path)).json];
  while (pages.at(-1).next !== null) pages.push((await admin("GET", `${path}&cursor=${pages.at(-1).next}`)).json);
  const seen = pages.flatMap(({ data }) => data.map(({ id }: { id: string }) => id));
  expect(seen).toEqual(made.toSorted());
});

test("an identifier is deleted by its id, under both of its kinds, for this affiliate only", async () => {
  const { a, b } = await setUp();
  const { json: mark } = await add(a.username, "email", "shop@example.com");
  const { json: same } = await add(a.username, "payment_details", "shop@example.com");
  expect(same.id).toBe(mark.id);
  const { json: another } = await add(a.username, "email", "other@example.com");
  await add(b.username, "email", "shop@example.com");
  const path = `/v1/affiliates/${a.username}/marks/${mark.id}`;
  expect(await admin("DELETE", path)).toEqual({ status: 200, json: { deleted: [mark, same] } });
  const again = await admin("DELETE", path);
  expect([again.status, again.json.code]).toEqual([404, "mark_not_found"]);
  expect((await admin("GET", `/v1/affiliates/${a.username}/marks`)).json.data).toEqual([another]);
  expect((await admin("GET", `/v1/affiliates/${b.username}/marks`)).json.data).toHaveLength(1);
});

test.each([
  ["email", "nobody", "invalid_value"],
  ["email", "   ", "invalid_value"],
  ["payment_details", "   ", "invalid_value"],
  ["payment_details", "x".repeat(201), "invalid_value"],
  ["payment_details", 5, "invalid_value"],
  ["visitor", "0123456789abcdef", "invalid_kind"],
])("%s %j is refused: %s", async (kind, value, code) => {
  const { a } = await setUp({ affiliates: 1 });
  const { status, json } = await add(a.username, kind, value);
  expect([status, json.code]).toEqual([422, code]);
  expect((await admin("GET", `/v1/affiliates/${a.username}/marks`)).json.data).toEqual([]);
});

test("an unknown affiliate's identifiers return 404", async () => {
  const { status, json } = await add("nobody", "email", "a@example.com");
  expect([status, json.code]).toEqual([404, "affiliate_not_found"]);
});
