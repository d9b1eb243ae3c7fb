/** The messages sent to accounts when a customer's history changes, with their causes. */
import { expect, test } from "vitest";
import type { Fact } from "../../src/customers/fact.ts";
import { type DownstreamMessage, listChanges } from "../../src/customers/messages.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import { DAY, DAY_0, fact, fold, touch } from "../support/given.ts";

const holder = { program_id: 1, customer_key: "1:id:cus", customer: "cus" };

/** The account messages that the last fact causes, with their affiliates: 1 is A, 2 is B. */
function sendLast(facts: readonly Fact[]) {
  const stored = new Map<string, string>();
  let messages: DownstreamMessage[] = [];
  for (const count of facts.keys()) {
    const folded = fold(facts.slice(0, count + 1));
    const changes = listChanges(
      holder,
      (id) => stored.get(id) ?? null,
      folded,
      () => kartraClassic,
    );
    for (const record of changes.records) stored.set(record.id, JSON.stringify(record));
    messages = changes.messages;
  }
  return messages.flatMap((message) =>
    message.to === "account" ? [[message.sale.affiliate_id, message.sale.credited, message.sale.cause]] : [],
  );
}

const sale = fact("sale", 5, { payment: "p", click: touch("A", 0) });
const refund = fact("refund", 6, { payment: "p", amount: 4_000 });
const chargeback = fact("chargeback", 7, { payment: "p", refund: "c", amount: 10_000 });
const won = fact("chargeback_won", 8, { payment: "p", refund: "c", amount: 10_000 });
const failedRefund = fact("refund_failed", 8, { payment: "p", refund: "r", amount: null });
const state = (day: number, is_paid: boolean) =>
  fact("sale", 5, {
    ...{ payment: "p", id: `state-${day}`, received: day },
    payment_state: { at: DAY_0 + day * DAY, is_paid, refunds: [] },
  });
const laterClick = fact("lead", 4, { received: 9, click: touch("B", 3) });

const changes: [string, Fact[], unknown[]][] = [
  ["a sale", [sale], [[1, true, null]]],
  ["a refund", [sale, refund], [[1, true, "refund"]]],
  ["a chargeback after a refund", [sale, refund, chargeback], [[1, true, "chargeback"]]],
  ["a won chargeback", [sale, chargeback, won], [[1, true, "chargeback_won"]]],
  [
    "a refund that failed",
    [sale, { ...refund, event: { ...refund.event, refund: "r" } }, failedRefund],
    [[1, true, "refund_failed"]],
  ],
  ["a payment that is canceled later", [sale, state(8, false)], [[1, true, "unpaid"]]],
  ["a payment that is made after all", [sale, state(8, false), state(9, true)], [[1, true, "paid_again"]]],
  [
    "a sale without commission",
    [sale, fact("sale", 5, { payment: "p", id: "x", commissionable: false })],
    [[1, true, "no_commission"]],
  ],
  [
    "a click that is reported late",
    [sale, laterClick],
    [
      [1, false, "late_event"],
      [2, true, "late_event"],
    ],
  ],
];

test.each(changes)("%s is sent with its cause", (_, facts, sent) => {
  expect(sendLast(facts)).toEqual(sent);
});

test("does not resend an older version's record that lacks the type of its last reversal", () => {
  const [conversion] = fold([sale, refund]);
  const first = listChanges(
    holder,
    () => null,
    conversion === undefined ? [] : [conversion],
    () => kartraClassic,
  );
  const { reversal_type, ...old } = first.records[0] ?? {};
  expect(reversal_type).toBe("refund");
  const again = listChanges(
    holder,
    () => JSON.stringify(old),
    fold([sale, refund]),
    () => kartraClassic,
  );
  expect(again).toEqual({ records: [], messages: [] });
});
