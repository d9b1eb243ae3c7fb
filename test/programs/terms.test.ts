import * as v from "valibot";
import { expect, test } from "vitest";
import { presets } from "../../src/programs/presets/index.ts";
import { programTerms } from "../../src/programs/terms.ts";

test.each(Object.entries(presets))("the preset %s is valid", (_, terms) => {
  expect(v.parse(programTerms, terms)).toEqual(terms);
});

test("the presets say what their programmes say", () => {
  expect(presets["kartra-classic"]).toMatchObject({
    cookie_days: 30,
    model: "last_click",
    rates: [{ rate_bps: 4_000 }],
  });
  expect(presets.carrot).toMatchObject({ cookie_days: null, hold_days: 30, rates: [{ rate_bps: 2_500 }] });
});

const refused: [string, Record<string, unknown>][] = [
  ["cookie_days", { cookie_days: 0 }],
  ["cookie_days", { cookie_days: 1.5 }],
  ["model", { model: "middle_click" }],
  ["binds_to", { binds_to: "household" }],
  ["hold_days", { hold_days: -1 }],
  ["rates.0.rate_bps", { rates: [{ rate_bps: 10_001 }] }],
  ["rates", { rates: [] }],
  ["colour", { colour: "red" }],
];
test.each(refused)("%s is named when it is wrong", (path, change) => {
  const result = v.safeParse(programTerms, { ...presets.carrot, ...change });
  expect(result.issues?.map((issue) => v.getDotPath(issue))).toContain(path);
});
