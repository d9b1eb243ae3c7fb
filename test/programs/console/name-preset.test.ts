import { expect, test } from "vitest";
import { namePreset } from "../../../src/programs/console/name-preset.ts";
import { presets } from "../../../src/programs/presets/index.ts";
import { newTerms } from "../../../src/programs/terms.ts";

test("a preset is named with what it pays", () => {
  const { "kartra-classic": classic, carrot } = presets;
  if (classic === undefined || carrot === undefined) throw new Error("a preset is missing");
  expect(namePreset("kartra-classic", classic)).toBe("kartra-classic: 40%, held for 45 days");
  const mixed = newTerms({ ...carrot, hold_days: 0, rates: [{ rate_bps: 2_000 }, { rate_bps: 3_250 }] });
  expect(namePreset("mixed", mixed)).toBe("mixed: 20% to 32.5%, paid without a hold period");
  expect(namePreset("flat", newTerms({ ...carrot, hold_days: 1, rates: [{ flat: 500 }] }))).toBe(
    "flat: held for 1 day",
  );
});
