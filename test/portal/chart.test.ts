import { describe, expect, test } from "vitest";
import { layOutChart } from "../../src/portal/chart-geometry.ts";
import { fillDays, readPeriod } from "../../src/portal/period.ts";

const NOW = Date.UTC(2026, 0, 31, 23, 59);
const TODAY = Math.floor(NOW / 86_400_000);
const SIZE = { width: 640, clicks_height: 150, sales_height: 60, max_day_labels: 8 };

describe("period", () => {
  test.each([
    [undefined, 30],
    ["7", 7],
    ["90", 90],
    ["", 30],
    ["31", 30],
    ["7 ", 30],
    ["<b>", 30],
  ])("%s is %i days, today the last", (text, days) => {
    expect(readPeriod(text, NOW)).toEqual({ days, first_day: TODAY - days + 1, last_day: TODAY });
  });

  test("days without anything are zeros; what lies outside is left out", () => {
    const period = readPeriod("7", NOW);
    const clicks = [
      { day: TODAY, clicks: 3 },
      { day: TODAY - 2, clicks: 5 },
      { day: TODAY - 7, clicks: 100 },
      { day: TODAY + 1, clicks: 100 },
    ];
    const rows = fillDays(period, clicks, [{ day: TODAY, sales: 1 }]);
    expect(rows.map((row) => row.clicks)).toEqual([0, 0, 0, 0, 5, 0, 3]);
    expect(rows.map((row) => row.sales)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(rows[0]?.day).toBe(TODAY - 6);
  });
});

describe("chart", () => {
  const daysOf = (clicks: number[], sales: number[] = []) =>
    clicks.map((count, index) => ({ day: TODAY - clicks.length + 1 + index, clicks: count, sales: sales[index] ?? 0 }));

  test("a count's height is its share of the axis", () => {
    const chart = layOutChart(daysOf([0, 50, 100], [0, 1, 2]), SIZE);
    const { top, bottom } = chart.clicks;
    expect(chart.days.map((mark) => mark.clicks_y)).toEqual([bottom, (top + bottom) / 2, top]);
    expect(chart.days.map((mark) => mark.bar.height)).toEqual([0, 30, 60]);
  });

  test("columns fill the width in order, each mark in the middle of its own", () => {
    const chart = layOutChart(daysOf(Array(30).fill(1)), SIZE);
    expect(chart.days[0]?.x).toBeCloseTo(chart.left);
    const last = chart.days.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeCloseTo(chart.right);
    for (const mark of chart.days) expect(mark.center).toBeCloseTo(mark.x + mark.width / 2);
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
  ])("ticks for clicks %j are whole: %j", (clicks, ticks) => {
    expect(layOutChart(daysOf(clicks), SIZE).clicks.ticks.map((tick) => tick.value)).toEqual(ticks);
  });

  test.each([
    [7, 7],
    [30, 8],
    [90, 8],
  ])("of %i days %i are named, the last one among them, none cut off", (days, named) => {
    const { day_labels, width } = layOutChart(daysOf(Array(days).fill(0)), SIZE);
    expect(day_labels).toHaveLength(named);
    expect(day_labels.at(-1)?.day).toBe(TODAY);
    for (const label of day_labels) {
      expect(label.x).toBeGreaterThan(0);
      expect(label.x + (label.anchor === "middle" ? 20 : 0)).toBeLessThanOrEqual(width);
    }
  });

  test("no days draw nothing and break nothing", () => {
    const chart = layOutChart([], SIZE);
    expect(chart.clicks.line).toBe("");
    expect(chart.days).toEqual([]);
  });

  test("paths hold numbers only", () => {
    const chart = layOutChart(daysOf([3, 1, 4, 1, 5, 9, 2, 6]), SIZE);
    for (const path of [chart.clicks.line, chart.clicks.area]) expect(path).toMatch(/^M[\d.,CLMZ-]+$/);
  });
});
