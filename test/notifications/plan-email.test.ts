import { describe, expect, test } from "vitest";
import { type Choices, DEFAULT_CHOICES, nextMorning } from "../../src/notifications/choices.ts";
import {
  LOOK_AGAIN_MS,
  planEmail,
  SALES_EVERY_MS,
  SETTLE_MS,
  type Waiting,
} from "../../src/notifications/plan-email.ts";
import { fc } from "../support/random.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const time = (text: string) => Date.parse(`${text}Z`);

describe("the next morning", () => {
  test.each([
    [null, "2026-11-27T07:59:59.999", "2026-11-27T08:00"],
    [null, "2026-11-27T08:00", "2026-11-28T08:00"],
    [null, "2026-12-31T23:00", "2027-01-01T08:00"],
    ["Europe/Berlin", "2026-11-27T06:59", "2026-11-27T07:00"],
    ["Europe/Berlin", "2026-03-28T07:00", "2026-03-29T06:00"], // clocks go forward in the night
    ["Europe/Berlin", "2026-10-24T06:00", "2026-10-25T07:00"], // and back
    ["America/Los_Angeles", "2026-11-27T02:00", "2026-11-27T16:00"], // there it is the day before
    ["Pacific/Kiritimati", "2026-11-27T17:00", "2026-11-27T18:00"], // the day after
    ["Asia/Kathmandu", "2026-11-27T02:14", "2026-11-27T02:15"],
  ])("of %s after %s is %s", (zone, after, morning) => {
    expect(new Date(nextMorning(zone, time(after))).toISOString()).toBe(new Date(time(morning)).toISOString());
  });

  test("is at 8:00 in the zone, later than now, by at most a day and a clock change", () => {
    const zones = fc.constantFrom("Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca");
    const times = fc.integer({ min: time("2024-01-01T00:00"), max: time("2030-01-01T00:00") });
    fc.assert(
      fc.property(zones, times, (zone, after) => {
        const morning = nextMorning(zone, after);
        const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "medium" }).format(morning);
        expect(clock).toBe("08:00:00");
        expect(morning).toBeGreaterThan(after);
        expect(morning).toBeLessThanOrEqual(after + DAY + HOUR);
      }),
    );
  });
});

const NOW = time("2026-11-27T12:00");
const thing = (kind: Waiting["kind"], ago: number, state: Waiting["state"] = "current"): Waiting => ({
  kind,
  noted_at: NOW - ago,
  state,
});
const [fresh, ripe, old] = [thing("sale", 30_000), thing("sale", SETTLE_MS), thing("sale", 2 * HOUR)];
const paid = thing("paid", 0);

describe("what is emailed when", () => {
  const morning = time("2026-11-28T08:00");
  test.each<[string, Waiting[], Partial<Choices>, number | null, Waiting[], number | null]>([
    ["nothing waits", [], {}, null, [], null],
    ["a sale of this minute", [fresh], {}, null, [], NOW + 30_000],
    ["a sale of the minute before", [ripe], {}, null, [ripe], null],
    ["with it all that waits", [fresh, ripe], {}, null, [fresh, ripe], null],
    ["half an hour after an email", [old, fresh], {}, 30 * MINUTE, [], NOW + 30 * MINUTE],
    ["an hour after an email", [old, fresh], {}, HOUR, [old, fresh], null],
    ["a payment at once, without the sales", [old, paid], {}, 30 * MINUTE, [paid], NOW + 30 * MINUTE],
    ["a payment with the sales", [old, paid], {}, null, [old, paid], null],
    ["the next day", [ripe], { sales: "daily" }, null, [], morning],
    [
      "eight o'clock was an hour ago",
      [thing("sale", 5 * HOUR)],
      { sales: "daily" },
      DAY,
      [thing("sale", 5 * HOUR)],
      null,
    ],
    [
      "eight o'clock, but an email went out before",
      [thing("sale", 5 * HOUR)],
      { sales: "daily" },
      600_000,
      [],
      NOW + 50 * MINUTE,
    ],
    ["a payment, whenever sales are told", [ripe, paid], { sales: "daily" }, null, [paid], morning],
    ["no sales wanted", [old, paid], { sales: "never" }, null, [paid], null],
    ["no payments wanted", [old, paid], { payouts: false }, null, [old], null],
    ["nothing to be seen of it", [thing("sale", HOUR, "unavailable")], {}, null, [], NOW + LOOK_AGAIN_MS],
    ["no longer true", [thing("sale", HOUR, "outdated"), thing("paid", 0, "outdated")], {}, null, [], null],
  ])("%s", (_, waiting, choices, sent_ago, send, next_at) => {
    const sales_sent_at = sent_ago === null ? null : NOW - sent_ago;
    const plan = planEmail(waiting, { ...DEFAULT_CHOICES, ...choices }, { sales_sent_at, now: NOW });
    expect(plan).toMatchObject({ send, next_at });
    const stays = plan.next_at === null ? 0 : waiting.length - send.length;
    expect(plan.send.length + plan.outdated.length + plan.unwanted.length + stays).toBe(waiting.length);
  });
});

test("in any order, each is emailed once if wanted, sales at most hourly, payments at once", () => {
  const things = fc.array(
    fc.record({ kind: fc.constantFrom("sale" as const, "paid" as const), minute: fc.integer({ min: 0, max: 3_000 }) }),
    { maxLength: 40 },
  );
  const wanted = fc.record({
    sales: fc.constantFrom("each" as const, "daily" as const, "never" as const),
    payouts: fc.boolean(),
    zone: fc.constantFrom(null, "Europe/Berlin", "America/New_York"),
  });
  fc.assert(
    fc.property(things, wanted, (coming, choices) => {
      const start = time("2026-11-27T00:00");
      const told = new Map<Waiting, number>();
      const salesEmails: number[] = [];
      let waiting: Waiting[] = [];
      let due: number | null = null;
      const all = coming.map(({ kind, minute }) => thing(kind, NOW - start - minute * MINUTE));
      for (let now = start; now <= start + 3_000 * MINUTE + 2 * DAY; now += MINUTE) {
        const noted = all.filter(({ noted_at }) => noted_at === now);
        waiting.push(...noted);
        if (noted.some(({ kind }) => kind === "paid")) due = now;
        if (noted.length > 0) due ??= now;
        if (due === null || due > now) continue;
        const plan = planEmail(waiting, choices, { sales_sent_at: salesEmails.at(-1) ?? null, now });
        for (const one of plan.send) {
          expect(told.has(one)).toBe(false);
          told.set(one, now);
        }
        if (plan.send.some(({ kind }) => kind === "sale")) salesEmails.push(now);
        waiting = waiting.filter((one) => !plan.send.includes(one) && !plan.unwanted.includes(one));
        due = plan.next_at;
      }
      expect(waiting).toEqual([]);
      for (const one of all) {
        const is = one.kind === "sale" ? choices.sales !== "never" : choices.payouts;
        expect(told.has(one)).toBe(is);
        const after = (told.get(one) ?? one.noted_at) - one.noted_at;
        const patience = one.kind === "paid" ? 0 : choices.sales === "daily" ? DAY : SALES_EVERY_MS;
        expect(after).toBeLessThanOrEqual(patience);
      }
      salesEmails.reduce((before, at) => {
        expect(at - before).toBeGreaterThanOrEqual(SALES_EVERY_MS);
        return at;
      }, 0);
      if (choices.sales === "daily") {
        for (const at of salesEmails) expect(nextMorning(choices.zone, at - 1)).toBe(at);
      }
    }),
  );
});
