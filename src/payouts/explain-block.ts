/** Why nothing is paid, in words that the affiliate and the merchant both read. */
import { formatMoney } from "../lib/format-money.ts";
import type { Block } from "./statements/statement.ts";

/** One reason as a sentence. */
export function sayBlock(block: Block, currency: string): string {
  switch (block.code) {
    case "below_minimum":
      return `It is less than the minimum payout of ${formatMoney(block.minimum, currency)}, and is carried over.`;
    case "negative":
      return "More was taken back than was earned; the balance is carried over.";
    case "nothing_due":
      return "Nothing is due.";
    case "tax_form_missing":
      return "No tax form has been received yet.";
    case "payment_details_missing":
      return "There are no payment details yet.";
    case "method_not_offered":
      return `The programme does not pay by ${block.method}: other payment details are needed.`;
    case "not_approved":
      return `The affiliate is ${block.status} in this programme.`;
  }
}
