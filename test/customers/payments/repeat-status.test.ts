/** A tracker's statuses of one payment, in the order in which they are received. */
import { expect, test } from "vitest";
import { repeatStatus } from "../../../src/customers/payments/repeat-status.ts";
import { DAY, DAY_0, fact } from "../../support/given.ts";

const NAME = "status:p";
const at = (day: number) => DAY_0 + day * DAY;
const approval = fact("sale", 5, { payment: "p", status_of: NAME });
const rejection = (day: number, received = day) =>
  fact("refund", day, { payment: "p", refund: NAME, status_of: NAME, received, amount: null, currency: null });
const undone = (day: number) => fact("refund_failed", day, { payment: "p", refund: NAME });
const other = fact("refund", 6, { payment: "p", refund: "re_1", amount: 500 });

test.each([
  ["a first approval", approval, 6, [approval], null],
  ["an approval that is repeated", approval, 7, [approval], null],
  ["an approval beside another refund", approval, 7, [approval, other], null],
  ["a first rejection", rejection(6), 6, [approval, rejection(6)], null],
  ["a rejection that is repeated", rejection(6), 7, [approval, rejection(6)], null],
  ["an approval after a rejection", approval, 7, [approval, rejection(6), other], "refund_failed"],
  ["the first approval, after a rejection", approval, 7, [rejection(6), approval], "refund_failed"],
  [
    "an approval after a rejection with the conversion's time",
    approval,
    7,
    [approval, rejection(5, 6)],
    "refund_failed",
  ],
  ["an approval that is repeated after that", approval, 8, [approval, rejection(6), undone(7)], null],
  ["an older approval that is handled late", approval, 5, [approval, rejection(6)], null],
  ["another rejection", rejection(6), 8, [approval, rejection(6), undone(7)], "refund"],
])("%s", (_, { event }, received, facts, type) => {
  const repeated = repeatStatus(event, at(received), facts);
  if (type === null) return expect(repeated).toBeNull();
  const id = `${event.id}@${at(received)}`;
  expect(repeated).toMatchObject({ type, id, refund: NAME, payment: "p", occurred_at: at(received) });
  expect(repeated).not.toHaveProperty("status_of");
});
