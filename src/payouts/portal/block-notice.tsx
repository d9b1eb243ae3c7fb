import { explainBlock } from "../explain-block.ts";
import type { Block } from "../statements/statement.ts";

/** Blocks that the affiliate can remove on the account page. */
const FIXED_BY_PAYOUT_METHOD: ReadonlySet<Block["code"]> = new Set(["payment_details_missing", "method_not_offered"]);

interface BlockNoticeProps {
  block: Block;
  currency: string;
  /** Whether to link to the page that removes the block. A statement that is a file of its own has no such links. */
  has_link: boolean;
}

/** Why a payout is blocked, linked to the fix if there is one. */
export function BlockNotice({ block, currency, has_link }: BlockNoticeProps) {
  const text = explainBlock(block, currency, "affiliate");
  return (
    <p class="notice">
      {has_link && FIXED_BY_PAYOUT_METHOD.has(block.code) ? <a href="/app/account#change">{text}</a> : text}
    </p>
  );
}
