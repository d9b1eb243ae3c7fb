/** The outcome of a delivery with several events, and the time of its next attempt. */
import { describe, expect, test } from "vitest";
import { Problem } from "../../../src/lib/problem.ts";
import { closingOf, combineOutcomes, NO_CONVERSION, refuse } from "../../../src/webhooks/deliveries/outcome.ts";
import { nextAttemptAt, retryDelay } from "../../../src/webhooks/deliveries/retry-schedule.ts";
import type { Outcome } from "../../../src/webhooks/provider.ts";

const outcome = (status: Outcome["status"], conversion: string | null = null): Outcome => ({
  ...NO_CONVERSION,
  status,
  conversion,
  reason: status,
});
const refused = refuse(new Problem(409, "payment_reused", "This payment was recorded before."));

describe("the outcome of a delivery", () => {
  const spooled = outcome("spooled");
  const waiting = outcome("waiting");
  const alias = outcome("recorded");
  const sale = outcome("recorded", "cv_1");
  const duplicate = outcome("duplicate", "cv_2");

  test.each<[string, Outcome[], Outcome]>([
    ["spooled before all others", [sale, refused, waiting, spooled], spooled],
    ["waiting before refused", [refused, sale, waiting], waiting],
    ["refused before recorded", [sale, refused], refused],
    ["a recorded conversion before a duplicate", [duplicate, sale], sale],
    ["a duplicate conversion before an event without one", [alias, duplicate], duplicate],
    ["the first where there is no conversion", [alias, outcome("duplicate")], alias],
  ])("is %s", (_, outcomes, expected) => {
    expect(combineOutcomes(outcomes)).toBe(expected);
  });

  test("needs an event", () => {
    expect(() => combineOutcomes([])).toThrow("without events");
  });

  test("is stored with the sentence of its refusal", () => {
    expect(closingOf(refused)).toEqual({
      status: "refused",
      reason: "payment_reused",
      detail: "This payment was recorded before.",
      conversion: null,
      attributed_to: null,
      waits_for: [],
      next_at: null,
      relayed: [],
    });
    expect(closingOf(sale).detail).toBeNull();
  });
});

describe("a retry", () => {
  test.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [10, 2_560_000],
    [11, 3_600_000],
    [1_000, 3_600_000],
  ])("after %i attempts comes %i ms later", (attempts, delay) => {
    expect(retryDelay(attempts)).toBe(delay);
  });

  const now = 1_000_000;
  const spooled = { outcome: outcome("spooled"), waits_until: null };
  const waiting = { outcome: outcome("waiting"), waits_until: null };
  test.each([
    ["not at all for a recorded event", [{ outcome: outcome("recorded", "cv_1"), waits_until: null }], 0, null],
    ["not at all for an event that waits indefinitely", [waiting], 0, null],
    ["at the end of a wait", [{ ...waiting, waits_until: 1_600_000 }], 3, 1_600_000],
    ["5 s after a first attempt that was spooled", [spooled], 0, 1_005_000],
    ["20 s after a third one", [spooled], 2, 1_020_000],
    ["the earliest of several", [{ ...waiting, waits_until: 1_002_000 }, spooled], 0, 1_002_000],
  ])("is due: %s", (_, results, attempts, expected) => {
    expect(nextAttemptAt(results, attempts, now)).toBe(expected);
  });
});
