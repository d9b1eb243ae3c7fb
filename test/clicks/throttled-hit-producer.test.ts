/** Throttled hits are added up in memory and stored together. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ThrottledHitCounter, type ThrottledHits } from "../../src/clicks/throttled-hit-producer.ts";

const DAY = 86_400_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("hits of a window are stored with one number for each link and day", async () => {
  const stored: ThrottledHits[][] = [];
  const store = async (hits: ThrottledHits[]) => void stored.push(hits);
  const counter = new ThrottledHitCounter();
  const first = counter.count({ link_id: 1, at: DAY }, store);
  const others = [1, 1, 2].map((link_id) => counter.count({ link_id, at: DAY + 1 }, store));
  expect(others).toEqual([null, null, null]);
  expect(counter.count({ link_id: 1, at: 2 * DAY }, store)).toBeNull();
  await vi.advanceTimersByTimeAsync(5_000);
  await first;
  expect(stored).toEqual([
    [
      { link_id: 1, day: 1, hits: 3 },
      { link_id: 2, day: 1, hits: 1 },
      { link_id: 1, day: 2, hits: 1 },
    ],
  ]);
});

test("what D1 doesn't take waits for the next window", async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const counter = new ThrottledHitCounter();
  const failed = counter.count({ link_id: 1, at: 0 }, () => Promise.reject(new Error("D1 is unavailable")));
  await vi.advanceTimersByTimeAsync(5_000);
  await failed;
  const stored: ThrottledHits[][] = [];
  const next = counter.count({ link_id: 1, at: 1 }, async (hits) => void stored.push(hits));
  await vi.advanceTimersByTimeAsync(5_000);
  await next;
  expect(stored).toEqual([[{ link_id: 1, day: 0, hits: 2 }]]);
});
