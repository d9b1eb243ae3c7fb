import { expect, test } from "vitest";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

test("a click, a sale, and the affiliate's figures", async () => {
  const { program, a, endpoint } = await setUp();
  const visit = await click(a.slug);
  expect(visit.status).toBe(302);
  expect(visit.location).toBe(`https://shop.example/pricing?lc_click=${visit.token}`);
  const posted = await postEvent(endpoint, sale({ click: visit.token }));
  expect(posted.status, JSON.stringify(posted.json)).toBe(200);
  expect(posted.json).toMatchObject({ status: "recorded", attributed_to: a.username, reason: "last_click" });
  await conversionThat(posted.json.conversion, { attributed_to: a.username });
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json).toMatchObject({ clicks: 1, balances: { reserve: 3960, due: 0, paid: 0, currency: "USD" } });
  });
});
