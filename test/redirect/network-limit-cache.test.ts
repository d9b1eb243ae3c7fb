/** How much each network may use. */
import { expect, test } from "vitest";
import { networkKeyOf } from "../../src/lib/network.ts";
import { NetworkLimit } from "../../src/redirect/network-limit-cache.ts";
import { fc } from "../support/random.ts";

const MINUTE = 60_000;

test("a network has its burst at once, and then its rate", () => {
  const limit = new NetworkLimit({ burst: 3, per_minute: 2 });
  const takes = (now: number, count: number) => Array.from({ length: count }, () => limit.take("n", now));
  expect(takes(0, 4)).toEqual([true, true, true, false]);
  expect([limit.isSpent("n", 29_999), limit.isSpent("n", 30_000)]).toEqual([true, false]);
  expect(takes(30_000, 2)).toEqual([true, false]);
  expect(takes(60 * MINUTE, 4)).toEqual([true, true, true, false]);
});

test("networks are limited apart", () => {
  const limit = new NetworkLimit({ burst: 1, per_minute: 1 });
  expect([limit.take("a", 0), limit.take("a", 0), limit.take("b", 0)]).toEqual([true, false, true]);
  expect([limit.isSpent("a", 0), limit.isSpent("c", 0)]).toEqual([true, false]);
});

test("in any time, a network uses at most its burst and what its rate gives, whatever the clock does", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10 * MINUTE }), { maxLength: 200 }), (times) => {
      const limit = new NetworkLimit({ burst: 5, per_minute: 3 });
      const taken = times.filter((now) => limit.take("n", now)).length;
      expect(taken).toBeLessThanOrEqual(5 + (Math.max(0, ...times) / MINUTE) * 3);
    }),
  );
});

test("many networks don't fill the memory", () => {
  const limit = new NetworkLimit({ burst: 1, per_minute: 1 });
  for (let n = 0; n <= 10_000; n += 1) limit.take(`n${n}`, 0);
  // The first one was forgotten, the last one wasn't.
  expect([limit.isSpent("n0", 0), limit.isSpent("n10000", 0)]).toEqual([false, true]);
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2:ffff::1", "2001:db8:1:2"],
])("the network of %s is %s", (address, network) => {
  expect(networkKeyOf(address)).toBe(network);
});
