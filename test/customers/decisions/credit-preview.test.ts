/** What is collected while a decision is tried. */
import { expect, test } from "vitest";
import { collectChanges, PREVIEWED_SALES_MAX } from "../../../src/customers/decisions/credit-preview.ts";
import type { DownstreamMessage } from "../../../src/customers/messages.ts";
import { kartraClassic } from "../../../src/programs/presets/kartra-classic.ts";
import { makeRecord } from "../../support/make-record.ts";

const HOUR = 3_600_000;

/** The messages about the nth conversion, which moves to nobody. */
function messagesOf(n: number): DownstreamMessage[] {
  const record = makeRecord({}, { id: `cv_${n}`, occurred_at: n * HOUR });
  const terms = structuredClone(kartraClassic);
  const sale = { conversion: record.id, terms_version: 1, terms } as Extract<
    DownstreamMessage,
    { to: "account" }
  >["sale"];
  return [
    { to: "reports", record },
    { to: "account", sale },
  ];
}

const before = (id: string) => makeRecord({ touch: { affiliate: id === "cv_2" ? null : "maya" } as never }, { id });

function collect(count: number) {
  const changes = collectChanges(before);
  for (let n = count; n > 0; n -= 1) changes.add(messagesOf(n));
  return changes.finish();
}

test("conversions that move are listed by time, and accounts' messages in the order of sending, with one copy of the terms", () => {
  const { moves, sales } = collect(3);
  expect(moves.map(({ id, from, to }) => [id, from, to])).toEqual([
    ["cv_1", "maya", null],
    ["cv_3", "maya", null],
  ]);
  expect(sales?.map(({ conversion }) => conversion)).toEqual(["cv_3", "cv_2", "cv_1"]);
  expect(new Set(sales?.map(({ terms }) => terms)).size).toBe(1);
});

test("beyond the limit there are no messages, and all conversions are still counted", () => {
  expect(collect(PREVIEWED_SALES_MAX).sales).toHaveLength(PREVIEWED_SALES_MAX);
  const { moves, sales } = collect(PREVIEWED_SALES_MAX + 1);
  expect([moves.length, sales]).toEqual([PREVIEWED_SALES_MAX, null]);
});
