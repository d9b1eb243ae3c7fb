import { useFormats } from "../../portal/layout/reader.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import { explainBlock } from "../explain-block.ts";
import type { NextPayout } from "../next-payout.ts";

/** When the affiliate is paid next, how much by what is known now, and what stands in the way. */
export function NextPayoutNote({ next, program }: { next: NextPayout | null; program: string }) {
  const { money } = useFormats();
  if (next === null) return null;
  const { window, parts, is_drafted } = next;
  const payable = parts.filter((part) => part.payable > 0);
  const query = new URLSearchParams({ program });
  return (
    <section class="card" aria-labelledby="next-payout">
      <h2 id="next-payout">Next payout</h2>
      {payable.length > 0 && (
        <p>
          <strong>{payable.map(({ payable: amount, currency }) => money(amount, currency)).join(" and ")}</strong>,
          between <DateOnly ms={window.from} /> and <DateOnly ms={window.to} />
          {is_drafted ? ". The statement is drawn up." : ", by what is known now."}
        </p>
      )}
      {parts
        .filter((part) => part.payable === 0)
        .map(({ total, currency, blocked }) => (
          <>
            <p>
              {money(total, currency)} would come between <DateOnly ms={window.from} /> and <DateOnly ms={window.to} />,
              and is not paid:
            </p>
            {blocked.map((block) => (
              <p class="notice">{explainBlock(block, currency, "affiliate")}</p>
            ))}
          </>
        ))}
      <p class="muted">
        <a href={`/app/payouts?${query}`}>All payouts</a>
      </p>
    </section>
  );
}
