import { describe, expect, test } from "vitest";
import { listChanges } from "../../../src/insights/portal/changes.ts";
import { lookAgain, parseVisits, type Visit, writeVisits } from "../../../src/insights/portal/visit.ts";
import { fc } from "../../support/random.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 10, 12);
const markAt = (minutes: number, entry = 0, clicks = 0) => ({ at: NOON + minutes * MINUTE, entry, clicks });

describe("visits", () => {
  test("what is new is counted from where the visit before this one ended", () => {
    const first = lookAgain(null, markAt(0, 1));
    expect(first.since).toBeNull();
    const still = lookAgain(first, markAt(20, 2));
    expect(still).toEqual({ since: null, seen: markAt(20, 2) });
    const second = lookAgain(still, markAt(600, 7));
    expect(second).toEqual({ since: markAt(20, 2), seen: markAt(600, 7) });
    expect(lookAgain(second, markAt(629, 8))).toEqual({ since: markAt(20, 2), seen: markAt(629, 8) });
  });

  test("a cookie gives back what was written, of several programmes, the latest first", () => {
    const mark = fc.record({ at: fc.nat().map((n) => n + 1), entry: fc.nat(), clicks: fc.nat() });
    const visit: fc.Arbitrary<Visit> = fc.record({ since: fc.option(mark), seen: mark });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(), visit), { selector: ([id]) => id, maxLength: 15 }), (visits) => {
        let text: string | undefined;
        for (const [id, entry] of visits) text = writeVisits(parseVisits(text), id, entry);
        expect([...parseVisits(text)]).toEqual(visits.toReversed());
        expect(text ?? "").toMatch(/^[0-9._]*$/);
      }),
    );
  });

  test("whatever else is in the cookie is nothing", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { seen } of parseVisits(text).values()) expect(Number.isSafeInteger(seen.at)).toBe(true);
      }),
    );
    expect(parseVisits("1.2.3_x.1.1.1.1.1.1_1.1.1.1.1.1.1e9").size).toBe(0);
  });

  test("of very many programmes the latest are kept", () => {
    let text: string | undefined;
    for (let id = 1; id <= 40; id++) text = writeVisits(parseVisits(text), id, lookAgain(null, markAt(0)));
    expect([...parseVisits(text).keys()]).toEqual(Array.from({ length: 20 }, (_, place) => 40 - place));
  });
});

test("news in words", () => {
  const writes = { count: String, money: (amount: number, currency: string) => `${amount} ${currency}` };
  const nothing = { clicks: 0, leads: 0, trials: 0, posted: [], cleared: [] };
  expect(listChanges(nothing, writes)).toEqual([]);
  expect(
    listChanges(
      {
        clicks: 1,
        leads: 2,
        trials: 1,
        posted: [
          { kind: "commission", currency: "USD", entries: 2, amount: 7_920 },
          { kind: "override", currency: "USD", entries: 1, amount: 99 },
          { kind: "reversal", currency: "EUR", entries: 1, amount: -500 },
        ],
        cleared: [{ currency: "USD", amount: 10 }],
      },
      writes,
    ),
  ).toEqual([
    "1 new click",
    "2 new leads",
    "1 new trial",
    "2 commissions: 7920 USD",
    "1 second-tier commission: 99 USD",
    "1 reversal: -500 EUR",
    "10 USD out of its hold",
  ]);
});
