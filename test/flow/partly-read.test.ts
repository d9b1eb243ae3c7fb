/** Of a request with several events, those that can be read are recorded, and the request is refused because of the others. */
import { expect, test } from "vitest";
import completed from "../fixtures/fastspring/order-completed.json";
import returned from "../fixtures/fastspring/return-created.json";
import { listDeliveries } from "../support/deliveries.ts";
import { admin, send, setUp } from "../support/story.ts";
import { signFastspring } from "../webhooks/providers/fastspring/signer.ts";

test("a refund that can't be read doesn't lose the sale in its request", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "fastspring" });
  const [refund] = returned.events;
  const unreadable = { ...refund, data: { ...refund?.data, totalReturn: "much" } };
  const text = JSON.stringify({ events: [unreadable, ...completed.events] });
  const post = async () => {
    const { headers, body } = await signFastspring(text, { secret: endpoint.secret });
    return (await send(endpoint.url, { method: "POST", headers, body })).status;
  };
  expect([await post(), await post()]).toEqual([422, 422]);
  const refused = { outcome: "refused", reason: "invalid_data_totalReturn" };
  expect(await listDeliveries(program)).toMatchObject([refused, refused]);
  const { json } = await admin("GET", `/v1/conversions?program=${program}`);
  expect(json.data).toMatchObject([{ type: "sale", amount: 8_910 }]);
});
