import { describe, expect, test } from "vitest";
import { sayDuration } from "../../src/lib/time.ts";

describe("times", () => {
  test.each([
    [0, "less than a minute"],
    [60_000, "1 minute"],
    [7_199_999, "1 hour"],
    [172_800_000, "2 days"],
  ])("%i ms are %s", (ms, expected) => {
    expect(sayDuration(ms)).toBe(expected);
  });
});
