import { useFormats } from "../../portal/layout/formats-context.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import type { NextPayout } from "../next-payout.ts";
import { isOver } from "../payout-window.ts";
import type { Block } from "../statements/statement.ts";
import { BlockNotice } from "./block-notice.tsx";

interface NextPayoutProps {
  /** Null if no payout is expected. */
  next: NextPayout | null;
  /** Whether the program's terms have payouts. */
  has_payouts: boolean;
  /** What keeps the affiliate from being paid, whatever the balance. */
  gates: readonly Block[];
  /** The program's slug and currency. */
  program: string;
  currency: string;
  now: number;
}

/** The overview's card with the next payout: its amount, its dates and what blocks it. */
export function NextPayoutCard(props: NextPayoutProps) {
  const { next, program, now } = props;
  const { money } = useFormats();
  if (next === null) return props.has_payouts ? <NothingToPay {...props} /> : null;
  const { window, parts, is_drafted } = next;
  const payable = parts.filter((part) => part.payable > 0);
  const isLate = is_drafted && isOver(window, now);
  const query = new URLSearchParams({ program });
  const dates = (
    <>
      between <DateOnly ms={window.from} /> and <DateOnly ms={window.to} />
    </>
  );
  return (
    <section class="card" aria-labelledby="next-payout">
      <h2 id="next-payout">Next payout</h2>
      {payable.length > 0 && (
        <p>
          <strong>{payable.map(({ payable: amount, currency }) => money(amount, currency)).join(" and ")}</strong>{" "}
          {!isLate && dates} <span class="tag">{is_drafted ? "Statement ready" : "Estimated"}</span>
        </p>
      )}
      {payable.length > 0 && isLate && <p>The payout awaits the merchant’s approval. It was scheduled {dates}.</p>}
      {parts
        .filter((part) => part.payable === 0)
        .map(({ total, currency, blocked }) => (
          <>
            <p>
              {money(total, currency)} won’t be paid {isLate ? <>in the payout that was scheduled {dates}</> : dates}:
            </p>
            {blocked.map((block) => (
              <BlockNotice block={block} currency={currency} has_link />
            ))}
          </>
        ))}
      <p class="muted">
        <a href={`/app/payouts?${query}`}>All payouts</a>
      </p>
    </section>
  );
}

/** Says what comes first, and what already can be done. */
function NothingToPay({ gates, currency }: Pick<NextPayoutProps, "gates" | "currency">) {
  return (
    <section class="card" aria-labelledby="next-payout">
      <h2 id="next-payout">Next payout</h2>
      <p class="muted">No payout is expected yet. Your first commission adds one here.</p>
      {gates
        .filter(({ code }) => code !== "not_approved")
        .map((block) => (
          <BlockNotice block={block} currency={currency} has_link />
        ))}
    </section>
  );
}
