/** A tracker that rejects a conversion and approves it again, end to end. */
import { expect, test } from "vitest";
import { admin, click, conversionThat, send, setUp } from "../support/story.ts";

async function openTracker() {
  const { program, a } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
  const { token } = await click(a.slug);
  const post = async (status: string, more = "") => {
    const query = `&event=sale&txid=t1&amount=49.00&currency=USD&customer_id=c1&click_id=${token}&status=${status}${more}`;
    const response = await send(`/v1/postback?endpoint=${endpoint.id}&key=${endpoint.secret}${query}`);
    return JSON.parse(await response.text());
  };
  return { post };
}

const paid = { status: "recorded", amount: 4_900, refunded: 0 };
const reversed = { status: "refunded", amount: 4_900, refunded: 4_900 };

test("the last status counts, however often each is repeated", async () => {
  const { post } = await openTracker();
  const { conversion } = await post("approved");
  for (const [status, outcome, expected] of [
    ["approved", "duplicate", paid],
    ["rejected", "recorded", reversed],
    ["rejected", "duplicate", reversed],
    ["approved", "recorded", paid],
    ["approved", "duplicate", paid],
    ["rejected", "recorded", reversed],
    ["approved", "recorded", paid],
  ] as const) {
    expect(await post(status), status).toMatchObject({ status: outcome, conversion });
    await conversionThat(conversion, expected);
  }
});

test("a rejection with the conversion's own time doesn't count as older than the approval", async () => {
  const { post } = await openTracker();
  const time = `&timestamp=${Math.floor(Date.now() / 1_000) - 3_600}`;
  const { conversion } = await post("approved", time);
  await post("rejected", time);
  await conversionThat(conversion, reversed);
  await post("approved", time);
  await conversionThat(conversion, paid);
});

test("a conversion that is rejected before its first approval counts once it is approved", async () => {
  const { post } = await openTracker();
  await post("rejected");
  const { conversion } = await post("approved");
  await conversionThat(conversion, paid);
});
