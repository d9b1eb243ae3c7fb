import { explainBlock } from "../explain-block.ts";
import type { Block } from "../statements/statement.ts";

/** Blocks that the affiliate can remove on the account page, with the button that leads there. */
const FIXES: Partial<Record<Block["code"], string>> = {
  payment_details_missing: "Add payout method",
  method_not_offered: "Change payout method",
};

interface BlockNoticeProps {
  block: Block;
  currency: string;
  /** Whether to link to the page that removes the block. A statement that is a file of its own has no such links. */
  has_link: boolean;
}

/** Why a payout is blocked, and the button that fixes it if there is one. */
export function BlockNotice({ block, currency, has_link }: BlockNoticeProps) {
  const fix = has_link ? FIXES[block.code] : undefined;
  return (
    <div class="notice with-fix">
      <p>{explainBlock(block, currency, "affiliate")}</p>
      {fix !== undefined && (
        <a class="button primary" href="/app/account#change">
          {fix}
        </a>
      )}
    </div>
  );
}
