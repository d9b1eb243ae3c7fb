import { formatMoney } from "../../portal/layout/reader.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { Step } from "./timeline.ts";

/** The steps of a conversion; those still to come are said to be. */
export function Timeline({ steps, program }: { steps: readonly Step[]; program: string }) {
  return (
    <ol class="touches timeline">
      {steps.map(({ at, name, detail, change, statement, is_ahead }) => (
        <li class={is_ahead ? "ahead" : ""}>
          <span class="touch-link">
            {statement === undefined ? (
              name
            ) : (
              <a href={`/app/payouts/${statement}?${new URLSearchParams({ program })}`}>{name}</a>
            )}
            {detail !== null && <span class="note">{detail}</span>}
          </span>
          <span class="touch-outcome">{change !== null && <Change change={change} />}</span>
          <span class="touch-time">
            {is_ahead && "On "}
            <Time ms={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Change({ change: { amount, currency } }: { change: NonNullable<Step["change"]> }) {
  const said = formatMoney(amount, currency);
  return <strong class={amount < 0 ? "less" : "more-money"}>{amount > 0 ? `+${said}` : said}</strong>;
}
