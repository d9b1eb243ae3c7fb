/** Lays out the chart: two panels, clicks above sales, that share one time axis. Data in, coordinates and paths out. */
import { scaleBand, scaleLinear } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import type { Slot } from "./slots.ts";

/** The size of a chart, in units of its viewBox. */
export interface ChartSize {
  width: number;
  /** Of each panel. */
  clicks_height: number;
  sales_height: number;
  /** The most labels on the time axis. */
  max_labels: number;
}

/** A number on a vertical axis. */
export interface ValueTick {
  value: number;
  y: number;
}

/** A slot's position: a column across both panels, a point for clicks and a bar for sales. */
export interface Mark extends Slot {
  x: number;
  width: number;
  /** The middle of the column. */
  center: number;
  clicks_y: number;
  bar: { x: number; y: number; width: number; height: number };
}

/** A chart, ready to draw. */
export interface Chart {
  width: number;
  height: number;
  left: number;
  right: number;
  clicks: { top: number; bottom: number; ticks: ValueTick[]; line: string; area: string };
  sales: { top: number; bottom: number; ticks: ValueTick[] };
  marks: Mark[];
  labels: { at: number; x: number; y: number; anchor: "middle" | "end" }[];
}

const MARGIN = { top: 26, right: 6, left: 44 };
const BETWEEN_PANELS = 42;
const TIME_AXIS_HEIGHT = 26;
/** Half the width of `11:00 PM`. A label that would be cut off is aligned to the edge instead. */
const LABEL_HALF_WIDTH = 30;
const BAR_SHARE = 0.62;
const BAR_MAX_WIDTH = 26;
const TICKS_WANTED = { clicks: 4, sales: 2 };
/** The least maximum of an axis, so that a single click doesn't fill the panel. */
const LEAST_TOP = { clicks: 4, sales: 2 };

/** Lays out the slots, oldest first. */
export function layOutChart(slots: readonly Slot[], size: ChartSize): Chart {
  const left = MARGIN.left;
  const right = size.width - MARGIN.right;
  const clicksPanel = { top: MARGIN.top, bottom: MARGIN.top + size.clicks_height };
  const salesTop = clicksPanel.bottom + BETWEEN_PANELS;
  const salesPanel = { top: salesTop, bottom: salesTop + size.sales_height };
  const columns = scaleBand<number>(
    slots.map((row) => row.at),
    [left, right],
  );
  const clicksAxis = makeAxis(
    slots.map((row) => row.clicks),
    clicksPanel,
    "clicks",
  );
  const salesAxis = makeAxis(
    slots.map((row) => row.sales),
    salesPanel,
    "sales",
  );
  const barWidth = Math.min(columns.bandwidth() * BAR_SHARE, BAR_MAX_WIDTH);
  const marks = slots.map((row) => {
    const x = columns(row.at) ?? left;
    const center = x + columns.bandwidth() / 2;
    const barY = salesAxis.place(row.sales);
    const bar = { x: center - barWidth / 2, y: barY, width: barWidth, height: salesPanel.bottom - barY };
    return { ...row, x, width: columns.bandwidth(), center, clicks_y: clicksAxis.place(row.clicks), bar };
  });
  const outline = line<Mark>(
    (mark) => mark.center,
    (mark) => mark.clicks_y,
  )
    .curve(curveMonotoneX)
    .digits(1);
  const filled = area<Mark>(
    (mark) => mark.center,
    clicksPanel.bottom,
    (mark) => mark.clicks_y,
  )
    .curve(curveMonotoneX)
    .digits(1);
  return {
    width: size.width,
    height: salesPanel.bottom + TIME_AXIS_HEIGHT,
    left,
    right,
    clicks: { ...clicksPanel, ticks: clicksAxis.ticks, line: outline(marks) ?? "", area: filled(marks) ?? "" },
    sales: { ...salesPanel, ticks: salesAxis.ticks },
    marks,
    labels: chooseLabels(marks, size.max_labels).map(({ at, center }) => ({
      at,
      ...(center + LABEL_HALF_WIDTH > size.width
        ? { x: size.width, anchor: "end" as const }
        : { x: center, anchor: "middle" as const }),
      y: salesPanel.bottom + TIME_AXIS_HEIGHT - 6,
    })),
  };
}

function makeAxis(counts: number[], panel: { top: number; bottom: number }, kind: "clicks" | "sales") {
  const top = Math.max(LEAST_TOP[kind], ...counts);
  const scale = scaleLinear([0, top], [panel.bottom, panel.top]).nice(TICKS_WANTED[kind]);
  // Counts are integers, so fractional ticks make no sense.
  const values = scale.ticks(TICKS_WANTED[kind]).filter(Number.isInteger);
  return { place: (count: number) => scale(count), ticks: values.map((value) => ({ value, y: scale(value) })) };
}

/** Columns at equal intervals, counted back from the last one, which always has a label. */
function chooseLabels(marks: readonly Mark[], most: number): Mark[] {
  const step = Math.max(1, Math.ceil(marks.length / most));
  return marks.filter((_, index) => (marks.length - 1 - index) % step === 0);
}
