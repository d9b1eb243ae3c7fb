/** Why a statement isn't paid, as a sentence. */
import { formatMoney } from "../lib/format-money.ts";
import { messages } from "../lib/messages/messages.ts";
import type { Block } from "./statements/statement.ts";

/** Explains one reason to the affiliate whose payout it is, or to the merchant. Amounts are minor units of `currency`. */
export function explainBlock(block: Block, currency: string, reader: "affiliate" | "merchant"): string {
  const sentences = messages.payouts.blocks[reader];
  switch (block.code) {
    case "below_minimum":
      return sentences.below_minimum(formatMoney(block.minimum, currency));
    case "below_minimum_sales":
      return sentences.below_minimum_sales(formatMoney(block.sales, currency), formatMoney(block.minimum, currency));
    case "method_not_offered":
      return sentences.method_not_offered(nameMethod(block.method));
    case "not_approved":
      return sentences.not_approved(block.status);
    default:
      return sentences[block.code];
  }
}

function nameMethod(method: string): string {
  const names: Readonly<Record<string, string>> = messages.payouts.methods;
  return names[method] ?? method;
}
