import { expect, test } from "vitest";
import { warnOfDeliveries } from "../../../src/webhooks/deliveries/endpoint-warnings.ts";

const refused = (reason = "invalid_amount", detail: string | null = "amount is missing.") =>
  ({ status: "refused", reason, detail }) as const;
const recorded = (detail: string | null = null) => ({ status: "recorded", reason: "last_click", detail }) as const;
const duplicate = { status: "duplicate", reason: "last_click", detail: null } as const;
const open = { status: "received", reason: null, detail: null } as const;
const NOTE = 'payment was left out, because "{{order.id}}" is a placeholder that was not replaced.';

const cases: [string, Parameters<typeof warnOfDeliveries>[0], string[]][] = [
  ["no delivery", [], []],
  ["two refusals", [refused(), refused(), recorded()], []],
  [
    "three refusals",
    [refused(), refused(), refused(), recorded()],
    ["The last 3 deliveries were refused. The latest one: amount is missing."],
  ],
  [
    "refusals alone",
    [refused(), refused(), refused()],
    ["The last 3 deliveries were refused. The latest one: amount is missing."],
  ],
  ["refusals before the latest success", [recorded(), refused(), refused(), refused()], []],
  ["a duplicate, which is a success", [refused(), refused(), duplicate, refused()], []],
  [
    "an open delivery and one that was answered with 200, which are neither",
    [open, refused(), refused("payment_reused"), refused(), refused()],
    ["The last 3 deliveries were refused. The latest one: amount is missing."],
  ],
  [
    "refusals without a sentence",
    [1, 2, 3].map(() => refused("timeout", null)),
    ["The last 3 deliveries were refused. The latest one: timeout"],
  ],
  [
    "sales recorded in part",
    [recorded(), recorded(NOTE), recorded()],
    [`1 of the last 3 deliveries were recorded in part. The latest one: ${NOTE}`],
  ],
];

test.each(cases)("warns of %s", (_, latest, details) => {
  expect(warnOfDeliveries(latest, undefined).map(({ detail }) => detail)).toEqual(details);
});

test("says when the provider would stop sending", () => {
  const [warning] = warnOfDeliveries([refused(), refused(), refused()], { disables_after: 5 });
  expect(warning).toEqual({
    code: "refused_in_a_row",
    detail:
      "The last 3 deliveries were refused. The latest one: amount is missing. This provider stops sending after 5 refusals in a row.",
  });
});
