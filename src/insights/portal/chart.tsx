import { dayOf } from "../../lib/calendar.ts";
import { MS_PER_HOUR } from "../../lib/time.ts";
import type { Formats } from "../../portal/layout/formats.ts";
import { useFormats } from "../../portal/layout/formats-context.tsx";
import { type Chart, type ChartSize, layOutChart } from "./chart-geometry.ts";
import type { Slot, Slots, SlotUnit } from "./slots.ts";

/** One drawing per screen size. The style sheet shows the one that fits, so that text keeps its size. */
const SIZES: (ChartSize & { name: string })[] = [
  { name: "narrow", width: 340, clicks_height: 120, sales_height: 54, max_labels: 4 },
  { name: "medium", width: 640, clicks_height: 150, sales_height: 60, max_labels: 8 },
  { name: "broad", width: 1000, clicks_height: 170, sales_height: 64, max_labels: 11 },
];

const UNITS: Record<SlotUnit, { many: string; column: string; heading: string }> = {
  hour: { many: "hours", column: "Hour (UTC)", heading: "Hourly performance" },
  day: { many: "days", column: "Day (UTC)", heading: "Daily performance" },
  week: { many: "weeks", column: "Week starting (UTC)", heading: "Weekly performance" },
};

/** The chart's heading: `Daily performance`. */
export function chartHeadingOf({ unit }: Slots): string {
  return UNITS[unit].heading;
}

/**
 * Clicks and sales over time, as a drawing and as a table. A column shows its figures on hover and, with the page script, in the
 * line above, which the arrow keys move along too. A compact one has no drawing of its own for medium screens.
 */
export function TimeChart({ slots, is_compact = false }: { slots: Slots; is_compact?: boolean }) {
  const formats = useFormats();
  const clicks = slots.slots.reduce((sum, row) => sum + row.clicks, 0);
  const sales = slots.slots.reduce((sum, row) => sum + row.sales, 0);
  const { many } = UNITS[slots.unit];
  const summary = `Clicks and sales over ${slots.slots.length} ${many}: ${describeCounts({ clicks, sales }, formats)}.`;
  return (
    <figure class={is_compact ? "chart compact" : "chart"}>
      <p class="readout" aria-live="polite">
        {describeCounts({ clicks, sales }, formats)}
      </p>
      <div class="plot">
        {SIZES.filter(({ name }) => !is_compact || name !== "medium").map((size) => (
          <Drawing chart={layOutChart(slots.slots, size)} name={size.name} summary={summary} unit={slots.unit} />
        ))}
      </div>
      <details class="chart-data">
        <summary>Show as a table</summary>
        <section class="scroll" tabindex={0} aria-label="Clicks and sales as a table">
          <SlotTable slots={slots} />
        </section>
      </details>
    </figure>
  );
}

function Drawing(props: { chart: Chart; name: string; summary: string; unit: SlotUnit }) {
  const { chart, name, summary, unit } = props;
  const formats = useFormats();
  const { clicks, sales, left, right } = chart;
  return (
    <svg class={`drawing ${name}`} viewBox={`0 0 ${chart.width} ${chart.height}`} role="img" aria-label={summary}>
      <text class="panel-name" x="0" y={clicks.top - 14}>
        Clicks
      </text>
      <Grid ticks={clicks.ticks} left={left} right={right} />
      <path class="clicks-area" d={clicks.area} />
      <path class="clicks-line" d={clicks.line} />
      <text class="panel-name" x="0" y={sales.top - 14}>
        Sales
      </text>
      <Grid ticks={sales.ticks} left={left} right={right} />
      {chart.labels.map((label) => (
        <text class="tick" x={round(label.x)} y={label.y} text-anchor={label.anchor}>
          {unit === "hour" ? formats.hour(label.at) : formats.shortDay(dayOf(label.at))}
        </text>
      ))}
      {chart.marks.map((mark) => (
        <g class="day">
          <title>{`${nameSlot(mark.at, unit, formats)}: ${describeCounts(mark, formats)}`}</title>
          <rect
            class="hit"
            x={round(mark.x)}
            y={clicks.top}
            width={round(mark.width)}
            height={sales.bottom - clicks.top}
          />
          <circle class="dot" cx={round(mark.center)} cy={round(mark.clicks_y)} r="3.5" />
          {mark.sales > 0 && (
            <rect
              class="sales-bar"
              x={round(mark.bar.x)}
              y={round(mark.bar.y)}
              width={round(mark.bar.width)}
              height={round(mark.bar.height)}
              rx="1.5"
            />
          )}
        </g>
      ))}
    </svg>
  );
}

function Grid({ ticks, left, right }: { ticks: Chart["clicks"]["ticks"]; left: number; right: number }) {
  const { count } = useFormats();
  return (
    <>
      {ticks.map(({ value, y }) => (
        <>
          <line class={value === 0 ? "base" : "grid"} x1={left} x2={right} y1={round(y)} y2={round(y)} />
          <text class="tick" x={left - 8} y={round(y + 4)} text-anchor="end">
            {count(value)}
          </text>
        </>
      ))}
    </>
  );
}

function SlotTable({ slots: { unit, slots } }: { slots: Slots }) {
  const formats = useFormats();
  return (
    <table class="plain">
      <caption class="vh">Clicks and sales, newest first</caption>
      <thead>
        <tr>
          <th scope="col">{UNITS[unit].column}</th>
          <th scope="col" class="num">
            Clicks
          </th>
          <th scope="col" class="num">
            Sales
          </th>
        </tr>
      </thead>
      <tbody>
        {slots.toReversed().map((row) => (
          <tr>
            <th scope="row">
              <time datetime={new Date(row.at).toISOString()}>{nameSlot(row.at, unit, formats)}</time>
            </th>
            <td class="num">{formats.count(row.clicks)}</td>
            <td class="num">{formats.count(row.sales)}</td>
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

/** `34 clicks, 1 sale`. */
export function describeCounts({ clicks, sales }: Pick<Slot, "clicks" | "sales">, { count }: Formats): string {
  const say = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
  return `${say(clicks, "click")}, ${say(sales, "sale")}`;
}

/** To a tenth of a unit, which is finer than any screen. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
