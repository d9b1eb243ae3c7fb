/** Events of the same time: their order is arbitrary, so it must not decide who gets the credit. */
import { expect, test } from "vitest";
import type { Fact } from "../../src/customers/fact.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";
import { credits, fact, touch } from "../support/given.ts";

const stories: [string, Fact[], Partial<ProgramTerms>, string[]][] = [
  [
    "of two sales of the same time, the one with a click that seems later binds the customer",
    [
      fact("sale", 5, { payment: "a", id: "a" }),
      fact("sale", 5, { payment: "b", id: "b", click: touch("A", 5.0005) }),
      fact("sale", 40),
    ],
    {},
    ["A last_click", "A bound", "A bound"],
  ],
  [
    "whichever of the two has the click",
    [
      fact("sale", 5, { payment: "a", id: "a", click: touch("A", 5.0005) }),
      fact("sale", 5, { payment: "b", id: "b" }),
      fact("sale", 40),
    ],
    {},
    ["A last_click", "A bound", "A bound"],
  ],
  [
    "a lead of the same time does not make the click too late",
    [fact("lead", 5, { id: "a" }), fact("sale", 5, { id: "b", click: touch("A", 5.0005) }), fact("sale", 40)],
    { click_before: "signup" },
    ["A last_click", "A last_click", "A bound"],
  ],
  [
    "a click that comes more than a minute after both is too late for both",
    [fact("sale", 5, { payment: "a", id: "a" }), fact("sale", 5, { payment: "b", id: "b", click: touch("A", 5.001) })],
    {},
    ["nobody no_touch", "nobody bound_to_nobody"],
  ],
  [
    "each payment needs its own click, also of two at the same time",
    [fact("sale", 5, { payment: "a", id: "a" }), fact("sale", 5, { payment: "b", id: "b", click: touch("A", 5.0005) })],
    { binds_to: "nothing" },
    ["nobody no_touch", "A last_click"],
  ],
];
test.each(stories)("%s", (_, facts, terms, expected) => {
  expect(credits(facts, terms)).toEqual(expected);
  expect(credits(facts.toReversed(), terms)).toEqual(expected);
});
