/** Figures in a row: what each is called, what it is, and what must be known besides. */
import type { Child } from "hono/jsx";
import type { Balances } from "../../commissions/balances.ts";
import { nameBefore, namePeriod, type Period } from "../../portal/layout/period.ts";
import { useFormats } from "../../portal/layout/reader.tsx";
import { nameType } from "../../portal/layout/words.ts";
import type { Activity, Overview } from "../overview-queries.ts";
import { type Change, compareFigures, shareOf } from "./compare.ts";

/** Longer figures are set smaller, so that they stay on one line of a phone. */
const LONG_CHARACTERS = 8;

/** The figures at the top: what happened in the period, and where the commissions stand. */
export function Tiles({ overview, period, currency }: { overview: Overview; period: Period; currency: string }) {
  return (
    <div class="figures">
      <ActivityTiles overview={overview} period={period} currency={currency} />
      {overview.balances.map((balance) => (
        <Commissions balance={balance} isOnly={overview.balances.length === 1} />
      ))}
    </div>
  );
}

function ActivityTiles({ overview, period, currency }: { overview: Overview; period: Period; currency: string }) {
  const formats = useFormats();
  const { activity, before } = overview;
  const { day, count, percent, money, smallMoney } = formats;
  const rateOf = ({ sales, clicks }: Activity) => shareOf(sales, clicks);
  const perClickOf = ({ earned, clicks }: Activity) => shareOf(earned, clicks);
  const [rate, perClick] = [rateOf(activity), perClickOf(activity)];
  const none = <span class="muted">–</span>;
  const had = (text: string | null) => (text === null ? "" : `, which had ${text}`);
  // Leads and trials only where there are any.
  const early = (["leads", "trials"] as const).filter((name) => activity[name] + before[name] > 0);
  const changeOf = (pick: (of: Activity) => number | null, say: (figure: number) => string) => {
    const was = pick(before);
    return (
      <Delta
        change={compareFigures(pick(activity), was)}
        against={nameBefore(period) + had(was === null ? null : say(was))}
      />
    );
  };
  return (
    <section aria-labelledby="activity">
      <h2 id="activity">
        {namePeriod(period, day)} <span class="light">against {nameBefore(period)}</span>
      </h2>
      <dl class={classOf([money(activity.earned, currency)])}>
        <Tile label="Clicks" value={count(activity.clicks)} mark="clicks">
          {changeOf((of) => of.clicks, count)}
        </Tile>
        <Tile label="Unique visitors" value={count(activity.unique_visitors)}>
          {changeOf((of) => of.unique_visitors, count)}
        </Tile>
        {early.map((name) => (
          <Tile label={nameType(name)} value={count(activity[name])}>
            {changeOf((of) => of[name], count)}
          </Tile>
        ))}
        <Tile label="Sales" value={count(activity.sales)} mark="sale">
          {changeOf((of) => of.sales, count)}
        </Tile>
        <Tile label="Conversion rate" value={rate === null ? none : percent(rate)}>
          {changeOf(rateOf, percent)}
        </Tile>
        <Tile label="Earnings per click" value={perClick === null ? none : smallMoney(perClick, currency)}>
          {changeOf(perClickOf, (figure) => smallMoney(figure, currency))}
        </Tile>
        <Tile label="Commissions" value={money(activity.earned, currency)}>
          {changeOf(
            (of) => of.earned,
            (figure) => money(figure, currency),
          )}
        </Tile>
      </dl>
    </section>
  );
}

/** How a figure has moved: an arrow to see, a sentence to hear. Nothing where there is nothing to compare. */
export function Delta({ change, against }: { change: Change | null; against: string }) {
  const formats = useFormats();
  if (change === null) return null;
  const { direction, ratio } = change;
  const arrow = { up: "▲", down: "▼", same: "=" }[direction];
  const words = ratio === null ? "new" : formats.change(ratio);
  return (
    <span class={`delta ${direction}`}>
      <span aria-hidden="true">{arrow} </span>
      {words}
      <span class="vh"> against {against}</span>
    </span>
  );
}

function Commissions({ balance, isOnly }: { balance: Balances; isOnly: boolean }) {
  const { money } = useFormats();
  const { earned, reserve, due, paid, currency } = balance;
  const say = (amount: number) => money(amount, currency);
  return (
    <section aria-labelledby={`balance-${currency}`}>
      <h2 id={`balance-${currency}`}>Commissions to date{!isOnly && ` in ${currency}`}</h2>
      <dl class={classOf([earned, reserve, due, paid].map(say))}>
        <Tile label="Earned" value={say(earned)}>
          Since you began, less what was taken back
        </Tile>
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

function classOf(amounts: readonly string[]): string {
  return amounts.some((amount) => amount.length > LONG_CHARACTERS) ? "tiles long" : "tiles";
}

/** One figure. */
export function Tile(props: { label: string; value: Child; mark?: string; isStrong?: boolean; children?: Child }) {
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
