import { describe, expect, test } from "vitest";
import { layOutChart } from "../../../src/insights/portal/chart-geometry.ts";

const MS_PER_DAY = 86_400_000;
const TODAY = Math.floor(Date.UTC(2026, 0, 31, 23, 59) / MS_PER_DAY) * MS_PER_DAY;
const SIZE = { width: 640, first_height: 150, other_height: 60, max_labels: 8 };

describe("chart", () => {
  const daysOf = (count: number) =>
    Array.from({ length: count }, (_, index) => TODAY - (count - 1 - index) * MS_PER_DAY);
  const layOut = (clicks: number[], earned: number[] = clicks.map(() => 0)) =>
    layOutChart(
      daysOf(clicks.length),
      [
        { values: clicks, least_top: 4 },
        { values: earned, least_top: 2 },
      ],
      SIZE,
    );

  test("the height of a bar is proportional, in each panel", () => {
    const { columns, panels } = layOut([0, 50, 100], [0, 1, 2]);
    expect(columns.map(({ bars }) => bars[0]?.height)).toEqual([0, 75, 150]);
    expect(columns.map(({ bars }) => bars[1]?.height)).toEqual([0, 30, 60]);
    expect(columns[2]?.bars.map(({ y }) => y)).toEqual(panels.map(({ top }) => top));
  });

  test("a negative amount hangs below the line of zero", () => {
    const { columns, panels } = layOut([1, 1, 1], [100, -100, 0]);
    const [up, down, none] = columns.map(({ bars }) => bars[1]);
    const zero = panels[1]?.ticks.find(({ value }) => value === 0)?.y ?? Number.NaN;
    expect((up?.y ?? 0) + (up?.height ?? 0)).toBeCloseTo(zero);
    expect(down?.y).toBeCloseTo(zero);
    expect(down?.height).toBeCloseTo(up?.height ?? 0);
    expect((down?.y ?? 0) + (down?.height ?? 0)).toBeLessThanOrEqual(panels[1]?.bottom ?? 0);
    expect(none?.height).toBe(0);
  });

  test("columns fill the width in order, with bars in their centers", () => {
    const chart = layOut(Array(30).fill(1));
    expect(chart.columns[0]?.x).toBeCloseTo(chart.left);
    const last = chart.columns.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeCloseTo(chart.right);
    for (const { center, x, width, bars } of chart.columns) {
      expect(center).toBeCloseTo(x + width / 2);
      expect((bars[0]?.x ?? 0) + (bars[0]?.width ?? 0) / 2).toBeCloseTo(center);
    }
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
    expect(layOut(clicks).panels[0]?.ticks.map((tick) => tick.value)).toEqual(ticks);
  });

  test.each([
    [7, 7],
    [30, 8],
    [90, 8],
  ])("of %i days %i have labels, including the last one, and none is cut off", (days, named) => {
    const { labels, width } = layOut(Array(days).fill(0));
    expect(labels).toHaveLength(named);
    expect(labels.at(-1)?.at).toBe(TODAY);
    for (const label of labels) {
      expect(label.x).toBeGreaterThan(0);
      expect(label.x + (label.anchor === "middle" ? 20 : 0)).toBeLessThanOrEqual(width);
    }
  });

  test("an empty chart has no columns", () => {
    expect(layOut([]).columns).toEqual([]);
  });
});
