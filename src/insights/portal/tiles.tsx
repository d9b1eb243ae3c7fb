/** Tiles: a label, a figure and a note each. */
import type { Child } from "hono/jsx";
import { useFormats } from "../../portal/layout/formats-context.tsx";
import { nameComparison, type Period } from "../../portal/layout/period.ts";
import { nameType } from "../../portal/layout/words.ts";
import type { Activity, Overview } from "../overview-queries.ts";
import { type Change, compareFigures, ratioOf } from "./compare.ts";

/** Longer figures use a smaller font, so that they fit on one line on a phone. */
const LONG_CHARACTERS = 8;

/** The commission balance, with a line for each currency. */
export function Balance({ balances }: Pick<Overview, "balances">) {
  const { money } = useFormats();
  const lines = (name: "earned" | "reserve" | "due" | "paid") =>
    balances.map((balance) => money(balance[name], balance.currency));
  const isNegative = balances.some(({ due }) => due < 0);
  return (
    <div class="figures">
      <section aria-labelledby="balance">
        <h2 id="balance">Commission balance</h2>
        <dl class={classOf([...lines("earned"), ...lines("reserve"), ...lines("due"), ...lines("paid")])}>
          <Tile label="Earned" value={<Lines texts={lines("earned")} />}>
            Lifetime, net of refunds
          </Tile>
          <Tile label="In reserve" value={<Lines texts={lines("reserve")} />}>
            In the hold period
          </Tile>
          <Tile label="Due" value={<Lines texts={lines("due")} />} isStrong={balances.some(({ due }) => due > 0)}>
            {isNegative
              ? "Refunds and deductions exceeded your due balance; new commissions cover it first"
              : "Available, not yet paid"}
          </Tile>
          <Tile label="Paid" value={<Lines texts={lines("paid")} />}>
            Paid out to date
          </Tile>
        </dl>
      </section>
    </div>
  );
}

/** Amounts of several currencies, one per line. */
function Lines({ texts }: { texts: readonly Child[] }) {
  return (
    <>
      {texts.map((text) => (
        <span class="line">{text}</span>
      ))}
    </>
  );
}

interface ActivityProps {
  overview: Overview;
  period: Period;
  /** The currencies of the earnings, the program's first. */
  currencies: readonly string[];
}

/** What happened in the period. Earnings have a line for each currency. */
export function ActivityTiles({ overview, period, currencies }: ActivityProps) {
  const formats = useFormats();
  const { activity, comparison } = overview;
  const [first = ""] = currencies;
  // A comparison has room for one currency.
  const isOne = currencies.length === 1;
  const { count, percent, money, smallMoney } = formats;
  const rateOf = ({ sales, clicks }: Activity) => ratioOf(sales, clicks);
  const perClickOf = (currency: string) => (of: Activity) => ratioOf(of.earned[currency] ?? 0, of.clicks);
  const rate = rateOf(activity);
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
        period={nameComparison(period)}
      />
    );
  };
  const perClick = (currency: string) => {
    const figure = perClickOf(currency)(activity);
    return figure === null ? none : smallMoney(figure, currency);
  };
  const earnings = currencies.map((currency) => money(activity.earned[currency] ?? 0, currency));
  return (
    <div class="figures">
      <dl class={classOf(earnings)}>
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
        <Tile label="Earnings per click" value={<Lines texts={currencies.map(perClick)} />}>
          {isOne && deltaOf(perClickOf(first), (figure) => smallMoney(figure, first), comparison.sales)}
        </Tile>
        <Tile label="Commissions" value={<Lines texts={earnings} />}>
          {isOne &&
            deltaOf(
              ({ earned }) => earned[first] ?? 0,
              (figure) => money(figure, first),
              comparison.sales,
            )}
        </Tile>
      </dl>
    </div>
  );
}

interface DeltaProps {
  change: Change | null;
  /** The formatted figure of the earlier period, or null. */
  earlier: string | null;
  /** The name of the earlier period. */
  period: string;
}

const ARROWS = { up: "▲", down: "▼", same: "=" } as const;
const DIRECTIONS = { up: "up ", down: "down ", same: "" } as const;

/** The change of a figure: an arrow, and text for screen readers. Renders nothing if there is nothing to compare. */
export function Delta({ change, earlier, period }: DeltaProps) {
  const formats = useFormats();
  if (change === null) return null;
  const { direction, ratio } = change;
  const withoutRatio = direction === "same" ? "no change" : `from ${earlier}`;
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
