import { formatCount } from "../../format-money.ts";
import { toIsoDay } from "../../time.ts";
import { type Chart, type ChartSize, layOutChart } from "../chart-geometry.ts";
import { formatDay, formatFullDay } from "../format-time.ts";
import type { DayCounts } from "../period.ts";

/** Drawn for a phone, a tablet and a desk; the style sheet shows the one that fits, so that letters keep their size. */
const SIZES: (ChartSize & { name: string })[] = [
  { name: "narrow", width: 340, clicks_height: 120, sales_height: 54, max_day_labels: 4 },
  { name: "medium", width: 640, clicks_height: 150, sales_height: 60, max_day_labels: 8 },
  { name: "broad", width: 1000, clicks_height: 170, sales_height: 64, max_day_labels: 11 },
];

/** Clicks and sales by day: a drawing, and the same as a table. */
export function DayChart({ days }: { days: DayCounts[] }) {
  const clicks = days.reduce((sum, row) => sum + row.clicks, 0);
  const sales = days.reduce((sum, row) => sum + row.sales, 0);
  const summary = `Clicks and sales by day over ${days.length} days: ${sayCounts({ clicks, sales })}.`;
  return (
    <figure class="chart">
      {SIZES.map((size) => (
        <Drawing chart={layOutChart(days, size)} name={size.name} summary={summary} />
      ))}
      <details class="chart-data">
        <summary>Show as a table</summary>
        <section class="scroll" tabindex={0} aria-label="Clicks and sales by day">
          <DayTable days={days} />
        </section>
      </details>
    </figure>
  );
}

function Drawing({ chart, name, summary }: { chart: Chart; name: string; summary: string }) {
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
      {chart.day_labels.map((label) => (
        <text class="tick" x={round(label.x)} y={label.y} text-anchor={label.anchor}>
          {formatDay(label.day)}
        </text>
      ))}
      {chart.days.map((mark) => (
        <g class="day">
          <title>{`${formatFullDay(mark.day)}: ${sayCounts(mark)}`}</title>
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
  return (
    <>
      {ticks.map(({ value, y }) => (
        <>
          <line class={value === 0 ? "base" : "grid"} x1={left} x2={right} y1={round(y)} y2={round(y)} />
          <text class="tick" x={left - 8} y={round(y + 4)} text-anchor="end">
            {formatCount(value)}
          </text>
        </>
      ))}
    </>
  );
}

function DayTable({ days }: { days: DayCounts[] }) {
  return (
    <table class="plain">
      <caption class="vh">Clicks and sales by day, UTC, newest first</caption>
      <thead>
        <tr>
          <th scope="col">Day (UTC)</th>
          <th scope="col" class="num">
            Clicks
          </th>
          <th scope="col" class="num">
            Sales
          </th>
        </tr>
      </thead>
      <tbody>
        {days.toReversed().map((row) => (
          <tr>
            <th scope="row">
              <time datetime={toIsoDay(row.day)}>{formatFullDay(row.day)}</time>
            </th>
            <td class="num">{formatCount(row.clicks)}</td>
            <td class="num">{formatCount(row.sales)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sayCounts({ clicks, sales }: { clicks: number; sales: number }): string {
  const say = (count: number, noun: string) => `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
  return `${say(clicks, "click")}, ${say(sales, "sale")}`;
}

/** A tenth of a unit is finer than any screen. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
