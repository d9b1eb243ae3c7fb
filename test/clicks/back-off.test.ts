import { expect, test } from "vitest";
import { backOffSeconds } from "../../src/clicks/back-off.ts";
import { fc } from "../support/random.ts";

test("each delay is twice as long as the one before, up to the maximum", () => {
  const middle = (deliveries: number) => backOffSeconds(deliveries, 300, 0.5);
  expect([1, 2, 3, 4, 5, 6, 7, 8, 100].map(middle)).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("randomness changes a delay by half at most, within the queue's limit", () => {
  const QUEUE_MAX_SECONDS = 43_200;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (deliveries, random) => {
      const middle = Math.min(5 * 2 ** (deliveries - 1), 3_600);
      const seconds = backOffSeconds(deliveries, 3_600, random);
      expect(Number.isInteger(seconds) && seconds <= QUEUE_MAX_SECONDS).toBe(true);
      expect(Math.abs(seconds - middle)).toBeLessThanOrEqual(middle / 2 + 0.5);
    }),
  );
});
