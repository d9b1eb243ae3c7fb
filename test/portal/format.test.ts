import { describe, expect, test } from "vitest";
import { formatDate, formatDay, formatTime } from "../../src/portal/format-time.ts";
import { sayDuration, toIsoDay } from "../../src/time.ts";

describe("times", () => {
  const newYear = Date.UTC(2026, 0, 1);

  test("are UTC", () => {
    expect(formatTime(newYear - 1)).toBe("31 Dec 2025, 23:59");
    expect(formatTime(newYear)).toBe("1 Jan 2026, 00:00");
    expect(formatDate(newYear)).toBe("1 Jan 2026");
    expect(formatDay(newYear / 86_400_000)).toBe("1 Jan");
    expect(toIsoDay(newYear / 86_400_000)).toBe("2026-01-01");
  });

  test.each([
    [0, "less than a minute"],
    [60_000, "1 minute"],
    [7_199_999, "1 hour"],
    [172_800_000, "2 days"],
  ])("%i ms are %s", (ms, expected) => {
    expect(sayDuration(ms)).toBe(expected);
  });
});
