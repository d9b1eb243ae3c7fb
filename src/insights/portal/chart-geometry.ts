/** Lays out the chart: panels of bars, one above the other, that share one time axis. Data in, coordinates out. */
import { scaleBand, scaleLinear } from "d3-scale";

/** The size of a chart, in units of its viewBox. */
export interface ChartSize {
  width: number;
  /** Of the first panel, and of each further one. */
  first_height: number;
  other_height: number;
  /** The most labels on the time axis. */
  max_labels: number;
}

/** One panel's figures: a value for each column, oldest first. */
export interface Series {
  values: readonly number[];
  /** The least maximum of the axis, so that a single click doesn't fill the panel. */
  least_top: number;
}

/** A number on a vertical axis. */
export interface ValueTick {
  value: number;
  y: number;
}

/** A bar of one panel. Its height is 0 where the value is. */
export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A column across all panels, with a bar for each. */
export interface Column {
  at: number;
  x: number;
  width: number;
  center: number;
  bars: Bar[];
}

/** A chart, ready to draw. */
export interface Chart {
  width: number;
  height: number;
  left: number;
  right: number;
  panels: { top: number; bottom: number; ticks: ValueTick[] }[];
  columns: Column[];
  labels: { at: number; x: number; y: number; anchor: "middle" | "end" }[];
}

const MARGIN = { top: 26, right: 6, left: 52 };
const BETWEEN_PANELS = 42;
const TIME_AXIS_HEIGHT = 26;
/** Half the width of `11:00 PM`. A label that would be cut off is aligned to the edge instead. */
const LABEL_HALF_WIDTH = 30;
const BAR_SHARE = 0.68;
const BAR_MAX_WIDTH = 26;
const TICKS_WANTED = { first: 4, other: 2 };

/** Lays out columns that begin at the given times, oldest first. The first series has the tallest panel. */
export function layOutChart(times: readonly number[], series: readonly Series[], size: ChartSize): Chart {
  const left = MARGIN.left;
  const right = size.width - MARGIN.right;
  const scale = scaleBand<number>(times, [left, right]);
  const width = scale.bandwidth();
  const barWidth = Math.min(width * BAR_SHARE, BAR_MAX_WIDTH);
  let next = MARGIN.top;
  const panels = series.map(({ values, least_top }, index) => {
    const top = next;
    const bottom = top + (index === 0 ? size.first_height : size.other_height);
    next = bottom + BETWEEN_PANELS;
    const axis = makeAxis(values, least_top, { top, bottom }, index === 0 ? TICKS_WANTED.first : TICKS_WANTED.other);
    return { top, bottom, ...axis };
  });
  const bottom = panels.at(-1)?.bottom ?? MARGIN.top;
  const columns = times.map((at, index) => {
    const x = scale(at) ?? left;
    const center = x + width / 2;
    const bars = panels.map(({ place }, panel) => {
      const [zero, end] = [place(0), place(series[panel]?.values[index] ?? 0)];
      return { x: center - barWidth / 2, y: Math.min(zero, end), width: barWidth, height: Math.abs(zero - end) };
    });
    return { at, x, width, center, bars };
  });
  return {
    width: size.width,
    height: bottom + TIME_AXIS_HEIGHT,
    left,
    right,
    panels: panels.map(({ top, bottom: end, ticks }) => ({ top, bottom: end, ticks })),
    columns,
    labels: chooseLabels(columns, size.max_labels).map(({ at, center }) => ({
      at,
      ...(center + LABEL_HALF_WIDTH > size.width
        ? { x: size.width, anchor: "end" as const }
        : { x: center, anchor: "middle" as const }),
      y: bottom + TIME_AXIS_HEIGHT - 6,
    })),
  };
}

function makeAxis(
  values: readonly number[],
  leastTop: number,
  panel: { top: number; bottom: number },
  wanted: number,
): { place: (value: number) => number; ticks: ValueTick[] } {
  const range = [Math.min(0, ...values), Math.max(0, ...values)] as const;
  const scale = scaleLinear([range[0], Math.max(range[1], range[0] < 0 ? 0 : leastTop)], [panel.bottom, panel.top]);
  scale.nice(wanted);
  // Counts and minor units are integers, so fractional ticks make no sense.
  const ticks = scale.ticks(wanted).filter(Number.isInteger);
  return { place: (value) => scale(value), ticks: ticks.map((value) => ({ value, y: scale(value) })) };
}

/** Columns at equal intervals, counted back from the last one, which always has a label. */
function chooseLabels(columns: readonly Column[], most: number): Column[] {
  const step = Math.max(1, Math.ceil(columns.length / most));
  return columns.filter((_, index) => (columns.length - 1 - index) % step === 0);
}
