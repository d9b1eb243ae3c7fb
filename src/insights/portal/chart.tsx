import { dayOf } from "../../lib/calendar.ts";
import { MS_PER_HOUR } from "../../lib/time.ts";
import type { Formats } from "../../portal/layout/formats.ts";
import { useFormats } from "../../portal/layout/formats-context.tsx";
import { type Bar, type Chart, type ChartSize, layOutChart, type Series } from "./chart-geometry.ts";
import { SLOT_MS, type Slot, type Slots, type SlotUnit } from "./slots.ts";

/** One drawing per screen size. The style sheet shows the one that fits, so that text keeps its size. */
const SIZES: (ChartSize & { name: string })[] = [
  { name: "narrow", width: 340, first_height: 110, other_height: 64, max_labels: 4 },
  { name: "medium", width: 640, first_height: 130, other_height: 70, max_labels: 8 },
  { name: "broad", width: 1000, first_height: 150, other_height: 76, max_labels: 11 },
];

/** So that a single click or sale doesn't fill its panel. */
const LEAST_CLICKS = 4;
const LEAST_SALES = 2;
/** The least maximum of earnings, in minor units. */
const LEAST_EARNED = 1_000;

const UNITS: Record<SlotUnit, { one: string; many: string; column: string; heading: string }> = {
  hour: { one: "hour", many: "hours", column: "Hour (UTC)", heading: "Hourly performance" },
  day: { one: "day", many: "days", column: "Day (UTC)", heading: "Daily performance" },
  week: { one: "week", many: "weeks", column: "Week starting (UTC)", heading: "Weekly performance" },
};

/** The chart's heading: `Daily performance`. */
export function chartHeadingOf({ unit }: Slots): string {
  return UNITS[unit].heading;
}

interface ChartProps {
  slots: Slots;
  /** The time in ms: it marks the slot that isn't over, and leaves out the rows of later ones. */
  now: number;
  /** With currencies, a panel of earnings for each replaces the panel of sales. */
  currencies?: readonly string[];
  /** Without a drawing of its own for medium screens. */
  is_compact?: boolean;
}

/** A panel of the chart. */
interface Panel {
  name: string;
  /** The class of its bars. */
  color: "clicks" | "sale";
  series: Series;
  format: (value: number) => string;
}

/**
 * Clicks, and earnings or sales, over time, as a drawing and as a table. A column shows its figures on hover and, with the page
 * script, in the line above, which the arrow keys move along too.
 */
export function TimeChart({ slots: { unit, slots }, now, currencies = [], is_compact = false }: ChartProps) {
  const formats = useFormats();
  const panels = listPanels(slots, currencies, formats);
  const { one, many } = UNITS[unit];
  const [last] = slots.filter((slot) => isUnfinished(slot, unit, now));
  const total = describeSlot(addUp(slots), currencies, formats);
  const summary = `${panels.map(({ name }) => name).join(", ")} over ${slots.length} ${many}: ${total}.`;
  return (
    <figure class={is_compact ? "chart compact" : "chart"}>
      <p class="readout" aria-live="polite">
        {total}
      </p>
      <div class="plot">
        {SIZES.filter(({ name }) => !is_compact || name !== "medium").map((size) => (
          <Drawing {...{ size, summary, unit, slots, panels, currencies, now }} />
        ))}
      </div>
      {last !== undefined && <figcaption class="note">The lighter bars are the {one} that isn’t over yet.</figcaption>}
      <details class="chart-data">
        <summary>Show as a table</summary>
        <section class="scroll" tabindex={0} aria-label="The chart as a table">
          <SlotTable unit={unit} slots={slots.filter(({ at }) => at <= now)} currencies={currencies} />
        </section>
      </details>
    </figure>
  );
}

function listPanels(slots: readonly Slot[], currencies: readonly string[], formats: Formats): Panel[] {
  const clicks = { values: slots.map((slot) => slot.clicks), least_top: LEAST_CLICKS };
  const sales = { values: slots.map((slot) => slot.sales), least_top: LEAST_SALES };
  return [
    { name: "Clicks", color: "clicks", series: clicks, format: formats.count },
    ...(currencies.length === 0
      ? [{ name: "Sales", color: "sale" as const, series: sales, format: formats.count }]
      : currencies.map((currency) => ({
          name: `Earned${currencies.length > 1 ? ` in ${currency}` : ""}`,
          color: "sale" as const,
          series: { values: slots.map(({ earned }) => earned[currency] ?? 0), least_top: LEAST_EARNED },
          format: (amount: number) => formats.axisMoney(amount, currency),
        }))),
  ];
}

const isUnfinished = ({ at }: Slot, unit: SlotUnit, now: number) => at <= now && now < at + SLOT_MS[unit];

function addUp(slots: readonly Slot[]): Slot {
  const sum: Slot = { at: 0, clicks: 0, sales: 0, earned: {} };
  for (const { clicks, sales, earned } of slots) {
    sum.clicks += clicks;
    sum.sales += sales;
    for (const [currency, amount] of Object.entries(earned)) {
      sum.earned[currency] = (sum.earned[currency] ?? 0) + amount;
    }
  }
  return sum;
}

interface DrawingProps extends Required<Pick<ChartProps, "now" | "currencies">> {
  size: ChartSize & { name: string };
  summary: string;
  unit: SlotUnit;
  slots: readonly Slot[];
  panels: readonly Panel[];
}

function Drawing({ size, summary, unit, slots, panels, currencies, now }: DrawingProps) {
  const formats = useFormats();
  const times = slots.map(({ at }) => at);
  const chart = layOutChart(
    times,
    panels.map(({ series }) => series),
    size,
  );
  const [top, bottom] = [chart.panels[0]?.top ?? 0, chart.panels.at(-1)?.bottom ?? 0];
  const unfinished = slots.findIndex((slot) => isUnfinished(slot, unit, now));
  return (
    <svg class={`drawing ${size.name}`} viewBox={`0 0 ${chart.width} ${chart.height}`} role="img" aria-label={summary}>
      {panels.map(({ name, color, format }, index) => {
        const bars = chart.columns.map((column) => column.bars[index]);
        return (
          <>
            <text class="panel-name" x="0" y={(chart.panels[index]?.top ?? 0) - 14}>
              {name}
            </text>
            <Grid ticks={chart.panels[index]?.ticks ?? []} left={chart.left} right={chart.right} format={format} />
            <path class={`${color}-bar`} d={drawBars(bars.filter((_, place) => place !== unfinished))} />
            <path class={`${color}-bar unfinished`} d={drawBars(bars.slice(unfinished, unfinished + 1))} />
          </>
        );
      })}
      {chart.labels.map((label) => (
        <text class="tick" x={round(label.x)} y={label.y} text-anchor={label.anchor}>
          {unit === "hour" ? formats.hour(label.at) : formats.shortDay(dayOf(label.at))}
        </text>
      ))}
      {chart.columns.map((column, index) => {
        const slot = slots[index];
        if (slot === undefined || slot.at > now) return null;
        const note = index === unfinished ? " so far" : "";
        return (
          <g class="day">
            <title>{`${nameSlot(slot.at, unit, formats)}${note}: ${describeSlot(slot, currencies, formats)}`}</title>
            <rect class="hit" x={round(column.x)} y={top} width={round(column.width)} height={bottom - top} />
          </g>
        );
      })}
    </svg>
  );
}

/** Bars as one path: a page has hundreds of them. */
function drawBars(bars: readonly (Bar | undefined)[]): string {
  return bars
    .filter((bar) => bar !== undefined && bar.height > 0)
    .map(
      (bar) => bar && `M${round(bar.x)} ${round(bar.y)}h${round(bar.width)}v${round(bar.height)}h${-round(bar.width)}z`,
    )
    .join("");
}

interface GridProps {
  ticks: Chart["panels"][number]["ticks"];
  left: number;
  right: number;
  format: (value: number) => string;
}

function Grid({ ticks, left, right, format }: GridProps) {
  return (
    <>
      {ticks.map(({ value, y }) => (
        <>
          <line class={value === 0 ? "base" : "grid"} x1={left} x2={right} y1={round(y)} y2={round(y)} />
          <text class="tick" x={left - 8} y={round(y + 4)} text-anchor="end">
            {format(value)}
          </text>
        </>
      ))}
    </>
  );
}

interface TableProps {
  unit: SlotUnit;
  slots: readonly Slot[];
  currencies: readonly string[];
}

function SlotTable({ unit, slots, currencies }: TableProps) {
  const formats = useFormats();
  const columns = ["Clicks", "Sales", ...currencies.map((currency) => `Earned (${currency})`)];
  return (
    <table class="plain">
      <caption class="vh">The figures of the chart, newest first</caption>
      <thead>
        <tr>
          <th scope="col">{UNITS[unit].column}</th>
          {columns.map((name) => (
            <th scope="col" class="num">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {slots.toReversed().map(({ at, clicks, sales, earned }) => (
          <tr>
            <th scope="row">
              <time datetime={new Date(at).toISOString()}>{nameSlot(at, unit, formats)}</time>
            </th>
            <td class="num">{formats.count(clicks)}</td>
            <td class="num">{formats.count(sales)}</td>
            {currencies.map((currency) => (
              <td class="num">{formats.money(earned[currency] ?? 0, currency)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function nameSlot(at: number, unit: SlotUnit, formats: Formats): string {
  const day = formats.day(dayOf(at));
  if (unit === "hour") return `${formats.hour(at)} – ${formats.hour(at + MS_PER_HOUR)}`;
  return unit === "week" ? `Week of ${day}` : day;
}

/** `34 clicks, 1 sale, $39.60`. Currencies without earnings are left out. */
function describeSlot(slot: Slot, currencies: readonly string[], formats: Formats): string {
  const amounts = currencies.filter((currency) => (slot.earned[currency] ?? 0) !== 0);
  return [
    describeCounts(slot, formats),
    ...amounts.map((currency) => formats.money(slot.earned[currency] ?? 0, currency)),
  ].join(", ");
}

/** `34 clicks, 1 sale`. */
export function describeCounts({ clicks, sales }: Pick<Slot, "clicks" | "sales">, { count }: Formats): string {
  const say = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
  return `${say(clicks, "click")}, ${say(sales, "sale")}`;
}

/** To a tenth of a unit, which is finer than any screen. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
