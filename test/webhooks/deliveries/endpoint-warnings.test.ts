import { expect, test } from "vitest";
import { warnOfDeliveries } from "../../../src/webhooks/deliveries/endpoint-warnings.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;

const refused = (reason = "invalid_amount", detail: string | null = "amount is missing.") =>
  ({ status: "refused", reason, detail, received_at: NOW }) as const;
const recorded = (detail: string | null = null, received_at = NOW) =>
  ({ status: "recorded", reason: "last_click", detail, received_at }) as const;
const duplicate = { status: "duplicate", reason: "last_click", detail: null, received_at: NOW } as const;
const open = { status: "received", reason: null, detail: null, received_at: NOW } as const;
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
  expect(warnOfDeliveries(latest, undefined, NOW).map(({ detail }) => detail)).toEqual(details);
});

test("says when the provider would stop sending", () => {
  const [warning] = warnOfDeliveries([refused(), refused(), refused()], { disables_after: 5 }, NOW);
  expect(warning).toEqual({
    code: "refused_in_a_row",
    detail:
      "The last 3 deliveries were refused. The latest one: amount is missing. This provider stops sending after 5 refusals in a row.",
  });
});

test("an endpoint is silent when nothing has arrived for several times its longest pause", () => {
  const latest = Array.from({ length: 12 }, (_, n) => recorded(null, NOW - n * DAY));
  expect(warnOfDeliveries(latest, undefined, NOW + 3 * DAY)).toEqual([]);
  expect(warnOfDeliveries(latest, undefined, NOW + 4 * DAY)).toEqual([
    { code: "silent", detail: expect.stringContaining("Nothing has arrived for 4 days, which is unusually long.") },
  ]);
});
