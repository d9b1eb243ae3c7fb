/** Tiles: a label, a figure and a note each. */
import type { Child } from "hono/jsx";
import type { Balances } from "../../commissions/balances.ts";
import { useFormats } from "../../portal/layout/formats-context.tsx";
import { nameComparison, namePeriod, type Period } from "../../portal/layout/period.ts";
import { nameType } from "../../portal/layout/words.ts";
import type { Activity, Overview } from "../overview-queries.ts";
import { type Change, compareFigures, ratioOf } from "./compare.ts";

/** Longer figures use a smaller font, so that they fit on one line on a phone. */
const LONG_CHARACTERS = 8;

/** The figures at the top of the overview: activity in the period, and the commission balance. */
export function Tiles({ overview, period, currency }: { overview: Overview; period: Period; currency: string }) {
  return (
    <div class="figures">
      <ActivityTiles overview={overview} period={period} currency={currency} />
      {overview.balances.map((balance) => (
        <BalanceTiles balance={balance} isOnly={overview.balances.length === 1} />
      ))}
    </div>
  );
}

function ActivityTiles({ overview, period, currency }: { overview: Overview; period: Period; currency: string }) {
  const formats = useFormats();
  const { activity, comparison } = overview;
  const { day, count, percent, money, smallMoney } = formats;
  const rateOf = ({ sales, clicks }: Activity) => ratioOf(sales, clicks);
  const perClickOf = ({ earned, clicks }: Activity) => ratioOf(earned, clicks);
  const [rate, perClick] = [rateOf(activity), perClickOf(activity)];
  const none = <span class="muted">–</span>;
  // Leads and trials only if there are any.
  const early = (["leads", "trials"] as const).filter((name) => activity[name] + comparison[name] > 0);
  const deltaOf = (
    pick: (activity: Activity) => number | null,
    format: (figure: number) => string,
    earlier_count = pick(comparison),
  ) => {
    const earlier = pick(comparison);
    return (
      <Delta
        change={compareFigures(pick(activity), earlier, earlier_count)}
        earlier={earlier === null ? null : format(earlier)}
        isNew={earlier === 0}
        period={nameComparison(period)}
      />
    );
  };
  return (
    <section aria-labelledby="activity">
      <h2 id="activity">
        {namePeriod(period, day)} <span class="light">vs. {nameComparison(period)}</span>
      </h2>
      <dl class={classOf([money(activity.earned, currency)])}>
        <Tile label="Clicks" value={count(activity.clicks)} mark="clicks">
          {deltaOf((of) => of.clicks, count)}
        </Tile>
        <Tile label="Unique visitors" value={count(activity.unique_visitors)}>
          {deltaOf((of) => of.unique_visitors, count)}
        </Tile>
        {early.map((name) => (
          <Tile label={nameType(name)} value={count(activity[name])}>
            {deltaOf((of) => of[name], count)}
          </Tile>
        ))}
        <Tile label="Sales" value={count(activity.sales)} mark="sale">
          {deltaOf((of) => of.sales, count)}
        </Tile>
        <Tile label="Conversion rate" value={rate === null ? none : percent(rate)}>
          {deltaOf(rateOf, percent, comparison.sales)}
        </Tile>
        <Tile label="Earnings per click" value={perClick === null ? none : smallMoney(perClick, currency)}>
          {deltaOf(perClickOf, (figure) => smallMoney(figure, currency), comparison.sales)}
        </Tile>
        <Tile label="Commissions" value={money(activity.earned, currency)}>
          {deltaOf(
            (of) => of.earned,
            (figure) => money(figure, currency),
            comparison.sales,
          )}
        </Tile>
      </dl>
    </section>
  );
}

interface DeltaProps {
  change: Change | null;
  /** The formatted figure of the earlier period, or null. */
  earlier: string | null;
  /** Whether the earlier figure is 0. */
  isNew: boolean;
  /** The name of the earlier period. */
  period: string;
}

const ARROWS = { up: "▲", down: "▼", same: "=" } as const;
const DIRECTIONS = { up: "up ", down: "down ", same: "" } as const;

/** The change of a figure: an arrow, and text for screen readers. Renders nothing if there is nothing to compare. */
export function Delta({ change, earlier, isNew, period }: DeltaProps) {
  const formats = useFormats();
  if (change === null) return null;
  const { direction, ratio } = change;
  const withoutRatio = isNew ? "new" : direction === "same" ? "no change" : `from ${earlier}`;
  return (
    <span class={`delta ${direction}`}>
      <span aria-hidden="true">{ARROWS[direction]} </span>
      <span class="vh">{DIRECTIONS[direction]}</span>
      {ratio === null ? withoutRatio : formats.change(ratio)}
      <span class="vh">
        {" "}
        compared with {period}
        {earlier !== null && ` (${earlier})`}
      </span>
    </span>
  );
}

function BalanceTiles({ balance, isOnly }: { balance: Balances; isOnly: boolean }) {
  const { money } = useFormats();
  const { earned, reserve, due, paid, currency } = balance;
  const format = (amount: number) => money(amount, currency);
  return (
    <section aria-labelledby={`balance-${currency}`}>
      <h2 id={`balance-${currency}`}>Commission balance{!isOnly && ` in ${currency}`}</h2>
      <dl class={classOf([earned, reserve, due, paid].map(format))}>
        <Tile label="Earned" value={format(earned)}>
          Lifetime, net of refunds
        </Tile>
        <Tile label="In reserve" value={format(reserve)}>
          In the hold period
        </Tile>
        <Tile label="Due" value={format(due)} isStrong={due > 0}>
          {due < 0 ? "Refunds exceeded your due balance; new commissions cover it first" : "Available, not yet paid"}
        </Tile>
        <Tile label="Paid" value={format(paid)}>
          Paid out to date
        </Tile>
      </dl>
    </section>
  );
}

function classOf(amounts: readonly string[]): string {
  return amounts.some((amount) => amount.length > LONG_CHARACTERS) ? "tiles long" : "tiles";
}

/** One tile. `mark` is the color of its series in the chart. */
export function Tile(props: {
  label: string;
  value: Child;
  mark?: string | undefined;
  isStrong?: boolean;
  children?: Child;
}) {
  return (
    <div class="tile">
      <dt>
        {props.mark && <span class={`swatch ${props.mark}`} aria-hidden="true" />}
        {props.label}
      </dt>
      <dd class={props.isStrong ? "value strong" : "value"}>{props.value}</dd>
      <dd class="note">{props.children}</dd>
    </div>
  );
}
