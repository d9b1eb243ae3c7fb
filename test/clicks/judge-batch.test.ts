import { expect, test } from "vitest";
import { judgeBatch } from "../../src/clicks/judge-batch.ts";
import type { Click } from "../../src/redirect/click.ts";
import { makeClick } from "../support/make-click.ts";

const MIDNIGHT = Date.UTC(2026, 0, 2);
const MINUTE = 60_000;
let number = 0;

/** A click by the visitor with this cookie; a star means that the cookie was not sent. */
function clickBy(visitor: string | null, minutes: number, changes: Partial<Click> = {}): Click {
  number += 1;
  const by_hash = visitor?.endsWith("*") ?? false;
  return makeClick(number, {
    at: MIDNIGHT + minutes * MINUTE,
    visitor: visitor?.replace("*", "") ?? null,
    visitor_by_hash: by_hash,
    ...changes,
  });
}

const [ANNA, HER_BROTHER, BEN] = ["aaaaaaaaaa000001", "aaaaaaaaaa000002", "bbbbbbbbbb000001"];

/** The result for the last click: the index of the click that it repeats, and whether its visitor was seen that day. */
const cases: [string, Click[], number | null, boolean][] = [
  ["a new visitor", [clickBy(ANNA, 0)], null, false],
  ["another visitor", [clickBy(ANNA, 0), clickBy(BEN, 1)], null, false],
  ["a repeat", [clickBy(ANNA, 0), clickBy(ANNA, 59)], 0, true],
  ["a return after an hour", [clickBy(ANNA, 0), clickBy(ANNA, 60)], null, true],
  ["two repeats", [clickBy(ANNA, 0), clickBy(ANNA, 30), clickBy(ANNA, 70)], 1, true],
  ["a repeat after midnight", [clickBy(ANNA, -1), clickBy(ANNA, 1)], 0, false],
  ["without a cookie both times", [clickBy(`${ANNA}*`, 0), clickBy(`${HER_BROTHER}*`, 1)], 0, true],
  ["with the cookie of the first time", [clickBy(`${ANNA}*`, 0), clickBy(ANNA, 1)], 0, true],
  [
    "two visitors with the same hash, each with a cookie",
    [clickBy(`${ANNA}*`, 0), clickBy(HER_BROTHER, 1)],
    null,
    false,
  ],
  ["on another link", [clickBy(ANNA, 0), clickBy(ANNA, 1, { link_id: 2 })], null, false],
  ["without a visitor", [clickBy(null, 0), clickBy(null, 1)], null, false],
];

test.each(cases)("%s", (_, clicks, place, seen_that_day) => {
  const judged = judgeBatch(clicks.toReversed()).at(-1);
  expect(judged).toEqual({
    click: clicks.at(-1),
    repeats: place === null ? null : clicks[place]?.id,
    seen_that_day,
  });
});

test("a click that appears twice is one click", () => {
  const click = clickBy(ANNA, 0);
  expect(judgeBatch([click, { ...click }])).toEqual([{ click, repeats: null, seen_that_day: false }]);
});
