/** When an alert is due, over days of checks every five minutes. */
import { describe, expect, test } from "vitest";
import { decideAlerts, type ItemState } from "../../src/operations/decide-alerts.ts";
import type { Status } from "../../src/operations/status.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const CHECK = 5 * MINUTE;
const START = Date.UTC(2026, 10, 20);

const item = (status: Status, name = "a") => ({ name, status, values: {}, detail: "It is so.", fix: null });

/** The alerts of these statuses, one a check; `canSend` says whether those of a check are sent. */
function play(statuses: readonly Status[], canSend: (check: number) => boolean = () => true) {
  let states: ItemState[] = [];
  return statuses.flatMap((status, check) => {
    const now = START + check * CHECK;
    const { alerts, if_sent, if_unsent } = decideAlerts([item(status)], states, now);
    states = canSend(check) ? if_sent : if_unsent;
    return alerts.map(({ kind, since }) => `${check} ${kind} ${(since - START) / CHECK}`);
  });
}

const repeat = (status: Status, checks: number) => Array<Status>(checks).fill(status);

describe("an item", () => {
  test("that is ok is never reported", () => {
    expect(play(repeat("ok", 600))).toEqual([]);
  });

  test("that is bad is reported at once, then once a day, and once when it is ok again", () => {
    const statuses = [...repeat("ok", 2), ...repeat("warning", 600), ...repeat("ok", 300)];
    expect(play(statuses)).toEqual(["2 new 2", "290 still 2", "578 still 2", "604 resolved 2"]);
  });

  test("that gets worse is reported again at once, not when it gets better", () => {
    const statuses = [
      ...repeat("warning", 3),
      ...repeat("failing", 3),
      ...repeat("warning", 3),
      ...repeat("failing", 3),
    ];
    expect(play(statuses)).toEqual(["0 new 0", "3 worse 0"]);
  });

  test("that goes back and forth is one alert", () => {
    const flapping = Array.from({ length: 40 }, (_, n): Status => (n % 2 === 0 ? "failing" : "ok"));
    expect(play([...flapping, ...repeat("ok", 10)])).toEqual(["0 new 0", "41 resolved 0"]);
  });

  test("is new again after it was resolved", () => {
    const statuses = [...repeat("failing", 2), ...repeat("ok", 5), ...repeat("failing", 2)];
    expect(play(statuses)).toEqual(["0 new 0", "4 resolved 0", "7 new 7"]);
  });

  test("whose alert isn't sent is reported by the next check that can, with its first time", () => {
    expect(play(repeat("failing", 10), (check) => check >= 4)).toEqual([
      "0 new 0",
      "1 new 0",
      "2 new 0",
      "3 new 0",
      "4 new 0",
    ]);
  });

  test("that is ok again before anybody was told is forgotten", () => {
    expect(play([...repeat("failing", 3), ...repeat("ok", 5)], () => false)).toEqual(["0 new 0", "1 new 0", "2 new 0"]);
  });

  test("whose end isn't sent is reported as resolved later", () => {
    const statuses = [...repeat("failing", 2), ...repeat("ok", 8)];
    expect(play(statuses, (check) => check < 2 || check > 5)).toEqual([
      "0 new 0",
      "4 resolved 0",
      "5 resolved 0",
      "6 resolved 0",
    ]);
  });
});

test("items are independent of each other, and those that no longer exist are forgotten", () => {
  const first = decideAlerts([item("failing", "a"), item("warning", "b"), item("ok", "c")], [], START);
  expect(first.alerts.map(({ item: { name } }) => name)).toEqual(["a", "b"]);
  const second = decideAlerts([item("failing", "a"), item("warning", "c")], first.if_sent, START + CHECK);
  expect(second.alerts.map(({ item: { name } }) => name)).toEqual(["c"]);
  expect(second.if_sent.map(({ name }) => name)).toEqual(["a", "c"]);
  const later = decideAlerts([item("failing", "a"), item("ok", "c")], second.if_sent, START + 25 * HOUR);
  expect(later.alerts.map(({ kind, item: { name } }) => [kind, name])).toEqual([["still", "a"]]);
});
