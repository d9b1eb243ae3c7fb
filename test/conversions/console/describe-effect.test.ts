import { expect, test } from "vitest";
import { describeEffect, describeNewSale } from "../../../src/conversions/console/describe-effect.ts";
import { formatMoney } from "../../../src/lib/format-money.ts";

const sale = { type: "sale", attributed_to: "maya", test: false } as const;
const nothing = { changed: 0, moved: { this: false, earlier: 0, later: 0 }, conversions: [], amounts: [] };
const amount = (affiliate: string, kind: "commission" | "override" | "bonus", reversed: number, credited: number) => ({
  ...{ affiliate, kind, currency: "USD", reversed, credited },
});
const toJonas = { affiliate: "jonas", scope: "conversion" } as const;
type Effect = Parameters<typeof describeEffect>[0];
const say = (effect: Partial<Effect>, asked: Parameters<typeof describeEffect>[1] = toJonas, of: object = {}) =>
  describeEffect({ ...nothing, ...effect }, asked, { ...sale, ...of }, formatMoney);

test("money comes first, what is lost before what is credited, then what moves, then what is to come", () => {
  const amounts = [
    amount("maya", "commission", 7_960, 0),
    amount("boss", "override", 0, 796),
    amount("maya", "bonus", 2_500, 0),
    amount("jonas", "commission", 0, 7_960),
  ];
  const effect = { changed: 4, moved: { this: true, earlier: 0, later: 3 }, amounts };
  expect(say(effect, { affiliate: "jonas", scope: "all" })).toEqual([
    "Reverses $79.60 of maya, reverses $25.00 of bonuses from maya, credits $7.96 of second-tier commission to boss, credits $79.60 to jonas.",
    "This sale moves from maya to jonas.",
    "3 later conversions of the customer follow.",
    "Payments of the customer that are still to come go to jonas too, as far as the terms bind them.",
  ]);
});

test.each([
  ["nothing moves", {}, toJonas, {}, ["No money moves now.", "No conversion moves now."]],
  [
    "only the reason changes",
    { changed: 1 },
    { affiliate: "maya", scope: "conversion" },
    {},
    ["No money moves now.", "It stays with maya, for your reason."],
  ],
  [
    "nobody is credited with a lead",
    { changed: 1, moved: { this: true, earlier: 1, later: 0 } },
    { affiliate: null, scope: "conversion" },
    { type: "lead" },
    [
      "No money moves: what moves earns nothing.",
      "This lead moves from maya to nobody.",
      "1 earlier conversion of the customer follows.",
    ],
  ],
  [
    "later ones alone move, in test mode",
    { changed: 1, moved: { this: false, earlier: 0, later: 1 } },
    { affiliate: "jonas", scope: "future" },
    { test: true },
    [
      "No money moves: the conversion is from test mode.",
      "1 later conversion of the customer goes to jonas.",
      "Payments of the customer that are still to come go to jonas too, as far as the terms bind them.",
    ],
  ],
  [
    "too many move",
    { changed: 900, moved: { this: true, earlier: 400, later: 499 }, amounts: null },
    toJonas,
    { attributed_to: null },
    [
      "Too many conversions move to calculate the amounts here. They are reversed and credited to the cent.",
      "This sale moves from nobody to jonas.",
      "499 later conversions of the customer and 400 earlier ones follow.",
    ],
  ],
] as const)("it is said when %s", (_, effect, asked, of, expected) => {
  expect(say(effect as Partial<Effect>, asked, of)).toEqual(expected);
});

test("a new sale says what it earns, or why it earns nothing", () => {
  const moved = { this: true, earlier: 0, later: 0 };
  const describeSale = (effect: Partial<Effect>) =>
    describeNewSale({ ...nothing, moved, ...effect }, "maya", formatMoney);
  expect(describeSale({ amounts: [amount("maya", "commission", 0, 480)] })).toEqual(["Credits $4.80 to maya."]);
  expect(describeSale({})).toEqual(["It earns no commission by the terms."]);
  expect(describeSale({ moved: { ...moved, this: false } })).toEqual([
    "It earns no commission by the terms.",
    "It isn't credited: maya wasn't approved at the time.",
  ]);
  expect(describeSale({ amounts: null, moved: { ...moved, later: 2 } })[1]).toBe(
    "2 other conversions of the customer move too.",
  );
});
