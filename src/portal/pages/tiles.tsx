import type { Child } from "hono/jsx";
import type { Balances } from "../../commissions/balances.ts";
import { formatCount, formatMoney } from "../../format-money.ts";
import type { Overview } from "../../reports/overview.ts";
import type { DayCounts, Period } from "../period.ts";
import { nameType } from "../words.ts";

const TYPES = ["sale", "trial", "lead"] as const;

/** Longer amounts are set smaller, so that they stay on one line of a phone. */
const LONG_AMOUNT_CHARACTERS = 10;

/** The figures at the top: what happened in the period, and where the commissions stand. */
export function Tiles({ overview, days, period }: { overview: Overview; days: DayCounts[]; period: Period }) {
  const { summary } = overview;
  const clicks = days.reduce((sum, row) => sum + row.clicks, 0);
  const countOf = (type: string) =>
    overview.conversions_by_day.reduce((sum, row) => sum + (row.type === type ? row.conversions : 0), 0);
  // Leads and trials only where the programme has any.
  const shown = TYPES.filter((type) => type === "sale" || summary.conversions_by_type[type] > 0);
  return (
    <div class="figures">
      <section aria-labelledby="activity">
        <h2 id="activity">Last {period.days} days</h2>
        <dl class={`tiles count-${shown.length + 1}`}>
          <Tile label="Clicks" value={formatCount(clicks)} mark="clicks">
            {formatCount(summary.clicks)} in all
          </Tile>
          {shown.map((type) => (
            <Tile label={nameType(type, 0)} value={formatCount(countOf(type))} mark={type === "sale" ? "sale" : ""}>
              {formatCount(summary.conversions_by_type[type])} in all
            </Tile>
          ))}
        </dl>
      </section>
      {summary.balances.map((balance) => (
        <Commissions balance={balance} isOnly={summary.balances.length === 1} />
      ))}
    </div>
  );
}

function Commissions({ balance, isOnly }: { balance: Balances; isOnly: boolean }) {
  const { earned, reserve, due, paid, currency } = balance;
  const say = (amount: number) => formatMoney(amount, currency);
  const isLong = [reserve, due, paid].some((amount) => say(amount).length > LONG_AMOUNT_CHARACTERS);
  return (
    <section aria-labelledby={`balance-${currency}`}>
      <h2 id={`balance-${currency}`}>
        Commissions to date{!isOnly && ` in ${currency}`}: {say(earned)} earned
      </h2>
      <dl class={isLong ? "tiles balance long" : "tiles balance"}>
        <Tile label="Reserve" value={say(reserve)}>
          Still in its hold
        </Tile>
        <Tile label="Due" value={say(due)} isStrong={due > 0}>
          {due < 0
            ? "More was taken back than had cleared; your next commissions make up for it"
            : "Cleared, not yet paid"}
        </Tile>
        <Tile label="Paid" value={say(paid)}>
          Paid out so far
        </Tile>
      </dl>
    </section>
  );
}

function Tile(props: { label: string; value: string; mark?: string; isStrong?: boolean; children?: Child }) {
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
