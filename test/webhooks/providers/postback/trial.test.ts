import { expect, test } from "vitest";
import { postback } from "../../../../src/webhooks/providers/postback/adapter.ts";
import { requestWith } from "../../adapter.ts";
import { signPostback } from "./signer.ts";

const parse = (query: string) => postback.parse(requestWith(signPostback(query, { endpoint: "ep_1", secret: "s" })));

const paidTrials: [string, string, Record<string, unknown>][] = [
  ["by its own id", "event=trial&txid=p&amount=1&currency=USD&click_id=c", { payment: "p", amount: 100 }],
  // The order and the click name the first full payment too.
  ["by its order", "event=trial&order_id=7&amount=1&currency=USD", { payment: "trial:7", amount: 100 }],
  ["by its click", "event=trial&amount=1&currency=USD&click_id=c", { payment: "trial:click:c", amount: 100 }],
  ["that cost nothing", "event=trial&txid=p&amount=0&click_id=c", { payment: null, amount: null }],
  [
    "that was rejected",
    "event=trial&amount=1&currency=USD&click_id=c&status=rejected",
    { type: "refund", payment: "trial:click:c", refund: "status:trial:click:c", amount: 100 },
  ],
];
test.each(paidTrials)("a trial %s", (_, query, expected) => {
  expect(parse(query).events).toMatchObject([{ type: "trial", ...expected }]);
});

test("a change of plan names the subscription that it continues", () => {
  const query = "txid=p&amount=9&currency=USD&subscription_id=s2&replaces_subscription_id=s1";
  expect(parse(query).events).toMatchObject([{ subscription: { id: "s2", replaces: "s1" } }]);
});
