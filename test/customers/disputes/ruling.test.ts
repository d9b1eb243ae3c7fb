import { expect, test } from "vitest";
import { refuseDispute } from "../../../src/customers/disputes/ruling.ts";
import { kartra } from "../../../src/programs/presets/kartra.ts";

const DAY = 86_400_000;
const BEGAN = Date.UTC(2026, 0, 3, 10);

test.each([
  ["at once", 30, 0, null],
  ["at the end of the last day", 30, 30 * DAY, null],
  ["a millisecond later", 30, 30 * DAY + 1, "dispute_too_late"],
  ["half a day later", 30, 30.5 * DAY, "dispute_too_late"],
  ["where the terms allow one day, a day later", 1, DAY, null],
  ["where the terms allow none", null, 0, "disputes_not_allowed"],
])("a dispute %s", (_, dispute_days, after, refusal) => {
  expect(refuseDispute({ ...kartra, dispute_days }, BEGAN, BEGAN + after)).toBe(refusal);
});
