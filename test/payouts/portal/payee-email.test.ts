/** The email about a changed payout method. */
import { expect, test } from "vitest";
import type { PaymentDetails } from "../../../src/payouts/payees/payment-details.ts";
import { type PayeeEmail, writePayeeEmail } from "../../../src/payouts/portal/payee-email.ts";

const paypal = (email: string): PaymentDetails => ({ method: "paypal", email, address: null });
const change: PayeeEmail = {
  before: paypal("ada@example.com"),
  after: paypal("thief@example.org"),
  wait_days: 3,
  origin: "https://go.example.com",
};
const write = (changes: Partial<PayeeEmail> = {}) =>
  writePayeeEmail("ada@example.com", { ...change, ...changes }, null);

test("says what was changed, partly hidden, when payouts use it, and what to do", () => {
  expect(write()).toEqual({
    ...{
      from_name: null,
      reply_to: null,
      headers: {},
      html: expect.stringContaining("https://go.example.com/app/account"),
    },
    to: "ada@example.com",
    subject: "Your payout method was changed",
    text: [
      "Your payout method was changed to PayPal t•••@example.org. Before, it was PayPal a•••@example.com.",
      "A payout that is approved within 3 days of the change isn’t made to the new payout method. It is carried over, or the merchant pays it after checking with you.",
      "If you didn’t make this change, contact the merchant right away, and sign out everywhere: https://go.example.com/app/account\n",
    ].join("\n\n"),
  });
});

test.each<[string, Partial<PayeeEmail>, string]>([
  ["removed details", { after: null }, "Your payout method was removed. Before, it was PayPal a•••@example.com."],
  ["details after a removal", { before: null }, "Your payout method was changed to PayPal t•••@example.org."],
])("%s", (_, changes, first) => {
  const { subject, text } = write({ ...changes, wait_days: 0, origin: null });
  expect(subject).toBe(`Your payout method was ${changes.after === null ? "removed" : "changed"}`);
  expect(text.split("\n\n")).toEqual([first, "If you didn’t make this change, contact the merchant right away.\n"]);
});
