import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { Step } from "./timeline.ts";

/** The steps of a conversion. Upcoming ones are marked. */
export function Timeline({ steps, program }: { steps: readonly Step[]; program: string }) {
  return (
    <ol class="touches timeline">
      {steps.map(({ at, name, detail, change, statement, is_upcoming }) => (
        <li class={is_upcoming ? "ahead" : ""}>
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
            {is_upcoming && "On "}
            <Time ms={at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

function Change({ change: { amount, currency } }: { change: NonNullable<Step["change"]> }) {
  const text = formatMoney(amount, currency);
  return <strong class={amount < 0 ? "less" : "more-money"}>{amount > 0 ? `+${text}` : text}</strong>;
}
