import { describe, expect, test } from "vitest";
import { layOutChart } from "../../../src/insights/portal/chart-geometry.ts";

const MS_PER_DAY = 86_400_000;
const TODAY = Math.floor(Date.UTC(2026, 0, 31, 23, 59) / MS_PER_DAY) * MS_PER_DAY;
const SIZE = { width: 640, clicks_height: 150, sales_height: 60, max_labels: 8 };

describe("chart", () => {
  const daysOf = (clicks: number[], sales: number[] = []) =>
    clicks.map((count, index) => ({
      at: TODAY - (clicks.length - 1 - index) * MS_PER_DAY,
      clicks: count,
      sales: sales[index] ?? 0,
    }));

  test("the height of a count is proportional", () => {
    const chart = layOutChart(daysOf([0, 50, 100], [0, 1, 2]), SIZE);
    const { top, bottom } = chart.clicks;
    expect(chart.marks.map((mark) => mark.clicks_y)).toEqual([bottom, (top + bottom) / 2, top]);
    expect(chart.marks.map((mark) => mark.bar.height)).toEqual([0, 30, 60]);
  });

  test("columns fill the width in order, with marks in their centers", () => {
    const chart = layOutChart(daysOf(Array(30).fill(1)), SIZE);
    expect(chart.marks[0]?.x).toBeCloseTo(chart.left);
    const last = chart.marks.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeCloseTo(chart.right);
    for (const mark of chart.marks) expect(mark.center).toBeCloseTo(mark.x + mark.width / 2);
  });

  test.each([
    [
      [0, 0, 0],
      [0, 1, 2, 3, 4],
    ],
    [
      [1, 0, 0],
      [0, 1, 2, 3, 4],
    ],
    [
      [0, 95, 3],
      [0, 20, 40, 60, 80, 100],
    ],
    [
      [10_000, 1, 1],
      [0, 2_000, 4_000, 6_000, 8_000, 10_000],
    ],
  ])("ticks for clicks %j are integers: %j", (clicks, ticks) => {
    expect(layOutChart(daysOf(clicks), SIZE).clicks.ticks.map((tick) => tick.value)).toEqual(ticks);
  });

  test.each([
    [7, 7],
    [30, 8],
    [90, 8],
  ])("of %i days %i have labels, including the last one, and none is cut off", (days, named) => {
    const { labels, width } = layOutChart(daysOf(Array(days).fill(0)), SIZE);
    expect(labels).toHaveLength(named);
    expect(labels.at(-1)?.at).toBe(TODAY);
    for (const label of labels) {
      expect(label.x).toBeGreaterThan(0);
      expect(label.x + (label.anchor === "middle" ? 20 : 0)).toBeLessThanOrEqual(width);
    }
  });

  test("an empty chart has no marks and no path", () => {
    const chart = layOutChart([], SIZE);
    expect(chart.clicks.line).toBe("");
    expect(chart.marks).toEqual([]);
  });

  test("paths contain only numbers", () => {
    const chart = layOutChart(daysOf([3, 1, 4, 1, 5, 9, 2, 6]), SIZE);
    for (const path of [chart.clicks.line, chart.clicks.area]) expect(path).toMatch(/^M[\d.,CLMZ-]+$/);
  });
});
