/** Half of a surrogate pair, which UTF-8 can't represent, wherever text enters. */
import { beforeAll, expect, test } from "vitest";
import { admin, conversionThat, postEvent, sale, setUp } from "../support/story.ts";

let story: Awaited<ReturnType<typeof setUp>>;
beforeAll(async () => {
  story = await setUp();
});

test.each<[string, string, Record<string, unknown>, string]>([
  ["POST", "/v1/affiliates", { username: "half", name: "Half \uD83D", email: "half@example.com" }, "name"],
  ["PATCH", "/v1/programs/{program}", { name: "Half \uDE00" }, "name"],
  ["PATCH", "/v1/links/{slug}", { name: "\uD83D" }, "name"],
  ["PUT", "/v1/affiliates/{affiliate}/payee", { method: "bank", address: { city: "\uD83D" } }, "address.city"],
  ["POST", "/v1/programs/{program}/terms", { terms: { rates: [{ product: "\uD83D" }] } }, "terms.rates.0.product"],
])("%s %s with half of a surrogate pair is refused", async (method, path, body, field) => {
  const { program, a } = story;
  const filled = path.replace("{program}", program).replace("{slug}", a.slug).replace("{affiliate}", a.username);
  const { status, json } = await admin(method, filled, body);
  expect([status, json.field], JSON.stringify(json)).toEqual([422, field]);
});

test("a sale whose texts have half of a surrogate pair is recorded, once", async () => {
  const half = sale({ customer: { id: "cus_half" }, product: "cut \uD83D", coupon: "\uDE00" });
  const first = await postEvent(story.endpoint, half, { id: "msg_half" });
  expect([first.status, first.json.status]).toEqual([200, "recorded"]);
  await conversionThat(first.json.conversion, { product: "cut \uFFFD" });
  expect((await postEvent(story.endpoint, half, { id: "msg_half" })).json.status).toBe("duplicate");
});
