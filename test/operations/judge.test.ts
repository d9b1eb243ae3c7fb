/** What each item of the status says at its limits. */
import { describe, expect, test } from "vitest";
import {
  type EndpointReading,
  isRefusing,
  judgeRefusingEndpoints,
  judgeSilentEndpoints,
  judgeSpooled,
  judgeUnsent,
} from "../../src/operations/judge-checkouts.ts";
import { judgeClickChecks, judgeClickQueue, judgeDeadClicks } from "../../src/operations/judge-clicks.ts";
import {
  DATABASE_MAX_BYTES,
  isStuck,
  judgeAlerts,
  judgeDatabaseSize,
  judgeEmails,
  judgeMigrations,
  judgeRuns,
  judgeScheduledWork,
  judgeSettings,
} from "../../src/operations/judge-work.ts";
import { countOf, worstOf } from "../../src/operations/status.ts";
import { isSilent } from "../../src/webhooks/deliveries/silence.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 20, 12);
const TODAY = Math.floor(NOW / DAY);

test("the worst item decides", () => {
  expect(worstOf([])).toBe("ok");
  expect(worstOf([{ status: "ok" }, { status: "warning" }])).toBe("warning");
  expect(worstOf([{ status: "failing" }, { status: "warning" }])).toBe("failing");
});

test("counts are words", () => {
  expect([countOf(1, "click"), countOf(0, "click"), countOf(1_000, "click")]).toEqual([
    "1 click",
    "0 clicks",
    "1,000 or more clicks",
  ]);
});

describe("clicks", () => {
  const queue = (clicks: number | null, dead: number | null = null) =>
    judgeClickQueue(
      {
        clicks: { messages: clicks === null ? 0 : 3, oldest_at: clicks === null ? null : NOW - clicks },
        dead: { messages: dead === null ? 0 : 1, oldest_at: dead === null ? null : NOW - dead },
      },
      NOW,
    );

  test("wait in the queue for seconds; later it is a warning, and after an hour a failure", () => {
    expect(queue(null)).toMatchObject({ status: "ok", detail: "No click is waiting to be stored.", fix: null });
    expect(queue(10 * MINUTE - 1).status).toBe("ok");
    expect(queue(10 * MINUTE)).toMatchObject({
      ...{ status: "warning", detail: "The oldest click has waited 10 minutes to be stored." },
      values: { messages: 3, dead_letter_messages: 0, oldest_at: "2026-11-20T11:50:00.000Z", oldest_seconds: 600 },
    });
    expect(queue(HOUR).status).toBe("failing");
    expect(queue(MINUTE, 2 * HOUR)).toMatchObject({ status: "failing", values: { dead_letter_messages: 1 } });
  });

  test("of a queue without figures are not reported as waiting", () => {
    expect(judgeClickQueue(null, NOW)).toMatchObject({
      status: "ok",
      values: { messages: null, oldest_seconds: null },
    });
  });

  test("that are dead are a warning, and a failure when they are about to be deleted", () => {
    const dead = (days: number) => judgeDeadClicks({ messages: 2, clicks: 7, oldest_at: NOW - days * DAY }, 90, NOW);
    expect(judgeDeadClicks({ messages: 0, clicks: 0, oldest_at: null }, 90, NOW).status).toBe("ok");
    expect(dead(1)).toMatchObject({ status: "warning", detail: "7 clicks couldn't be stored." });
    expect(dead(75).status).toBe("warning");
    expect(dead(76)).toMatchObject({
      status: "failing",
      detail: "7 clicks couldn't be stored; the oldest are deleted in 14 days.",
    });
  });

  test("whose counts differ are a failure until they are mended", () => {
    const check = (changes = {}) => ({ day: TODAY - 1, checked_at: NOW - HOUR, differences: 0, mended: 0, ...changes });
    expect(judgeClickChecks([], NOW).status).toBe("ok");
    expect(judgeClickChecks([check()], NOW).status).toBe("ok");
    expect(judgeClickChecks([check(), check({ day: TODAY - 7, differences: 2, mended: 1 })], NOW)).toMatchObject({
      ...{ status: "failing", detail: "The counts of 2026-11-13 differ from the click log." },
      values: { days: 2, days_with_differences: ["2026-11-13"] },
    });
    expect(judgeClickChecks([check({ differences: 2, mended: 2 })], NOW).status).toBe("ok");
    expect(judgeClickChecks([check({ checked_at: NOW - 51 * HOUR })], NOW).status).toBe("warning");
  });
});

describe("checkouts", () => {
  test("whose deliveries are retried for long are reported", () => {
    const spooled = (ms: number, late = 0) => judgeSpooled({ spooled: 2, oldest_at: NOW - ms, late }, NOW);
    expect(judgeSpooled({ spooled: 0, oldest_at: null, late: 0 }, NOW).status).toBe("ok");
    expect([spooled(30 * MINUTE - 1).status, spooled(30 * MINUTE).status]).toEqual(["ok", "warning"]);
    expect(spooled(DAY)).toMatchObject({
      status: "failing",
      detail: "2 deliveries are stored but not recorded yet, the oldest for 1 day.",
    });
    expect(spooled(MINUTE, 1)).toMatchObject({
      status: "failing",
      detail: "1 delivery should have been processed again by now.",
    });
  });

  const endpoint = (hours: number[], status = "recorded"): EndpointReading => ({
    ...{ id: "ep_1", program: "orbit", source: "stripe" },
    latest: hours.map((ago) => ({ at: NOW - ago * HOUR, status, reason: null })),
  });
  /** Every so many hours, the last time `silent` hours ago. */
  const rhythm = (silent: number, every: number, count = 20) =>
    endpoint(Array.from({ length: count }, (_, n) => silent + n * every));

  test.each([
    ["never received anything", endpoint([]), false],
    ["receives an event an hour, and none for a day", rhythm(24, 1), false],
    ["receives an event an hour, and none for three days", rhythm(72, 1), true],
    ["receives an event a day, and none for three days", rhythm(72, 24), false],
    ["receives an event a day, and none for four days", rhythm(96, 24), true],
    ["has received nine events", rhythm(96, 1, 9), false],
    ["has been silent for a hundred days", rhythm(2_400, 1), false],
    [
      "receives only what is refused",
      { ...rhythm(1, 1), latest: rhythm(1, 1).latest.map((one) => ({ ...one, status: "refused" })) },
      false,
    ],
  ])("an endpoint that %s", (_, reading, expected) => {
    expect(isSilent(reading.latest, NOW)).toBe(expected);
    expect(judgeSilentEndpoints([reading], NOW)).toMatchObject({
      status: expected ? "warning" : "ok",
      values: { endpoints: 1, silent: expected ? ["orbit: stripe (ep_1)"] : [] },
    });
  });

  test("an endpoint that refuses everything lately is a failure", () => {
    const latest = (...statuses: string[]) => ({
      ...endpoint([]),
      latest: statuses.map((status, n) => ({ at: NOW - n * HOUR, status, reason: null })),
    });
    expect(isRefusing(latest("refused", "refused"), NOW)).toBe(false);
    expect(isRefusing(latest("refused", "refused", "recorded", "refused"), NOW)).toBe(false);
    expect(isRefusing(latest("received", "refused", "refused", "refused", "recorded"), NOW)).toBe(true);
    expect(isRefusing(latest("refused", "refused", "refused"), NOW + 8 * DAY)).toBe(false);
    expect(judgeRefusingEndpoints([latest("refused", "refused", "refused")], NOW)).toMatchObject({
      ...{ status: "failing", detail: "1 endpoint has refused all of the latest deliveries." },
      values: { refusing: ["orbit: stripe (ep_1)"] },
    });
  });

  test("whose results don't arrive in D1 are reported", () => {
    const none = { customers: 0, customers_since: null, accounts: 0, accounts_since: null };
    const since = (ms: number) => judgeUnsent({ ...none, customers: 3, customers_since: NOW - ms }, NOW);
    expect(judgeUnsent(none, NOW).status).toBe("ok");
    expect([since(30 * MINUTE - 1).status, since(30 * MINUTE).status, since(6 * HOUR).status]).toEqual([
      "ok",
      "warning",
      "failing",
    ]);
    const accounts = { ...none, accounts: 1, accounts_since: NOW - HOUR };
    expect(judgeUnsent(accounts, NOW)).toMatchObject({
      status: "warning",
      detail: "Results of 0 customers and 1 account haven't arrived in D1, the oldest for 1 hour.",
    });
    expect(judgeUnsent({ ...none, customers: 1_000, customers_since: NOW }, NOW).status).toBe("failing");
  });
});

describe("the database", () => {
  const size = (gigabytes: number, days: [ago: number, gigabytes: number][]) =>
    judgeDatabaseSize(
      { bytes: gigabytes * 1e9, days: days.map(([ago, then]) => ({ day: TODAY - ago, bytes: then * 1e9 })) },
      TODAY,
    );

  test("is full in as many days as its growth says", () => {
    expect(size(1, [])).toMatchObject({
      status: "ok",
      values: { bytes: 1e9, max_bytes: DATABASE_MAX_BYTES, days_until_full: null },
    });
    expect(size(1, [[1, 0.5]]).values).toMatchObject({ bytes_a_day: null, days_until_full: null });
    expect(size(2, [[10, 1]])).toMatchObject({
      ...{ status: "ok", values: { bytes_a_day: 1e8, days_until_full: 80 } },
      detail: "The database has 2,000 MB of 10,000 MB; at the present rate it is full in 80 days.",
    });
    expect(size(4, [[10, 3]])).toMatchObject({ status: "warning", values: { days_until_full: 60 } });
    expect(size(4, [[10, 3.01]]).status).toBe("warning");
    expect(size(4, [[10, 3.02]]).status).toBe("ok");
    expect(size(6, [[10, 3]])).toMatchObject({ status: "failing", values: { days_until_full: 13 } });
    expect(size(6, [[10, 7]]).values).toMatchObject({ days_until_full: null });
  });

  test("is a warning when most of it is used, and a failure when nearly all is", () => {
    expect([7.9, 8, 9.5].map((used) => size(used, []).status)).toEqual(["ok", "warning", "failing"]);
  });

  test("without a migration is a failure that names it", () => {
    expect(judgeMigrations([]).status).toBe("ok");
    const { status, detail, values } = judgeMigrations(["0039_a.sql", "0040_b.sql"]);
    expect([status, values.missing]).toEqual(["failing", ["0039_a.sql", "0040_b.sql"]]);
    expect(detail).toContain("2 migrations of this release are missing: 0039_a, 0040_b.");
    const many = Array.from({ length: 12 }, (_, n) => `${n}.sql`);
    expect(judgeMigrations(many).detail).toContain(
      "12 migrations of this release are missing: 0, 1, 2, 3, 4 and 7 more.",
    );
  });
});

describe("work", () => {
  test("that is scheduled and doesn't run is reported", () => {
    const ran = (ago: number) => judgeScheduledWork(NOW - ago, NOW).status;
    expect([ran(20 * MINUTE - 1), ran(20 * MINUTE), ran(HOUR)]).toEqual(["ok", "warning", "failing"]);
    expect(judgeScheduledWork(null, NOW)).toMatchObject({
      status: "warning",
      detail: "Scheduled work hasn't run yet.",
    });
  });

  test("on a payout run is stuck when it takes longer than its affiliates explain", () => {
    expect(isStuck({ affiliates: 0, since: NOW - HOUR }, NOW)).toBe(false);
    expect(isStuck({ affiliates: 0, since: NOW - HOUR - 1 }, NOW)).toBe(true);
    expect(isStuck({ affiliates: 40_000, since: NOW - 7 * HOUR }, NOW)).toBe(false);
    expect(isStuck({ affiliates: 40_000, since: NOW - 8 * HOUR }, NOW)).toBe(true);
    const run = { id: "run_1", program: "orbit", status: "paying", affiliates: 5, since: NOW - DAY };
    expect(judgeRuns([run], NOW)).toMatchObject({
      ...{ status: "failing", detail: "1 payout run doesn't get on." },
      values: { working: 1, stuck: ["orbit: run_1 (paying)"] },
    });
    expect(judgeRuns([], NOW).status).toBe("ok");
  });

  test("emails that are refused several times are reported, where email is set up", () => {
    expect(judgeEmails({ affiliates: 5, most_attempts: 2 }, true).status).toBe("ok");
    expect(judgeEmails({ affiliates: 1, most_attempts: 3 }, true).status).toBe("warning");
    expect(judgeEmails({ affiliates: 20, most_attempts: 3 }, true)).toMatchObject({
      status: "failing",
      detail: "Emails to 20 affiliates are refused, up to 3 times in a row.",
    });
    expect(judgeEmails({ affiliates: 20, most_attempts: 8 }, false).status).toBe("ok");
  });

  test("settings and alert channels that fail are named", () => {
    expect(judgeSettings([]).status).toBe("ok");
    expect(judgeSettings(["A is wrong", "B is wrong"])).toMatchObject({
      status: "failing",
      detail: "A is wrong. B is wrong.",
    });
    expect([judgeAlerts([], []).status, judgeAlerts(["email"], []).status]).toEqual(["ok", "ok"]);
    expect(judgeAlerts(["email", "webhook"], ["webhook"])).toMatchObject({
      status: "warning",
      detail: "The last alert couldn't be sent by webhook.",
    });
  });
});

test("whatever isn't ok says what to do", () => {
  const bad = [
    judgeClickQueue({ clicks: { messages: 1, oldest_at: 0 }, dead: { messages: 0, oldest_at: null } }, NOW),
    judgeDeadClicks({ messages: 1, clicks: 1, oldest_at: 0 }, 90, NOW),
    judgeScheduledWork(0, NOW),
    judgeMigrations(["0001_a.sql"]),
    judgeDatabaseSize({ bytes: 9.9e9, days: [] }, TODAY),
  ];
  for (const { status, fix } of bad) expect([status, fix]).toEqual(["failing", expect.stringMatching(/\.$/)]);
});
