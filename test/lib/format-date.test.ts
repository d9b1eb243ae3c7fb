import { describe, expect, test } from "vitest";
import { formatDuration } from "../../src/lib/format-duration.ts";
import { toIsoDay } from "../../src/lib/time.ts";

describe("times", () => {
  test("a day for machines", () => {
    expect(toIsoDay(Date.UTC(2026, 0, 1) / 86_400_000)).toBe("2026-01-01");
  });

  test.each([
    [0, "less than a minute"],
    [60_000, "1 minute"],
    [7_199_999, "1 hour"],
    [172_800_000, "2 days"],
  ])("%i ms are %s", (ms, expected) => {
    expect(formatDuration(ms)).toBe(expected);
  });
});
