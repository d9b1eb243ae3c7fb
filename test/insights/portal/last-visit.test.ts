import { describe, expect, test } from "vitest";
import { listChanges } from "../../../src/insights/portal/changes.ts";
import { parseVisits, serializeVisits, updateVisit, type Visit } from "../../../src/insights/portal/last-visit.ts";
import { fc } from "../../support/random.ts";

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 0, 10, 12);
const snapshotAt = (minutes: number, entry = 0, clicks = 0) => ({ at: NOON + minutes * MINUTE, entry, clicks });

describe("visits", () => {
  test("a visit counts changes since the end of the previous visit", () => {
    const first = updateVisit(null, snapshotAt(0, 1));
    expect(first.since).toBeNull();
    const still = updateVisit(first, snapshotAt(20, 2));
    expect(still).toEqual({ since: null, seen: snapshotAt(20, 2) });
    const second = updateVisit(still, snapshotAt(600, 7));
    expect(second).toEqual({ since: snapshotAt(20, 2), seen: snapshotAt(600, 7) });
    expect(updateVisit(second, snapshotAt(629, 8))).toEqual({ since: snapshotAt(20, 2), seen: snapshotAt(629, 8) });
  });

  test("the cookie round-trips the visits of several programs, latest first", () => {
    const mark = fc.record({ at: fc.nat().map((n) => n + 1), entry: fc.nat(), clicks: fc.nat() });
    const visit: fc.Arbitrary<Visit> = fc.record({ since: fc.option(mark), seen: mark });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(), visit), { selector: ([id]) => id, maxLength: 15 }), (visits) => {
        let text: string | undefined;
        for (const [id, entry] of visits) text = serializeVisits(parseVisits(text), id, entry);
        expect([...parseVisits(text)]).toEqual(visits.toReversed());
        expect(text ?? "").toMatch(/^[0-9._]*$/);
      }),
    );
  });

  test("ignores anything else in the cookie", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { seen } of parseVisits(text).values()) expect(Number.isSafeInteger(seen.at)).toBe(true);
      }),
    );
    expect(parseVisits("1.2.3_x.1.1.1.1.1.1_1.1.1.1.1.1.1e9").size).toBe(0);
    const latest = new Date(8.64e15).getTime();
    for (const at of [latest + 1, Number.MAX_SAFE_INTEGER]) {
      expect(parseVisits(`1.${at}.1.1.1.1.1_2.1.1.1.${at}.1.1_3.${latest}.1.1.${latest}.1.1`).size).toBe(1);
    }
  });

  test("keeps the latest of very many programs", () => {
    let text: string | undefined;
    for (let id = 1; id <= 40; id++) text = serializeVisits(parseVisits(text), id, updateVisit(null, snapshotAt(0)));
    expect([...parseVisits(text).keys()]).toEqual(Array.from({ length: 20 }, (_, place) => 40 - place));
  });
});

test("changes in words", () => {
  const money = (amount: number, currency: string) => `${amount} ${currency}`;
  const nothing = { clicks: 0, leads: 0, trials: 0, posted: [], cleared: [] };
  expect(listChanges(nothing, money)).toEqual([]);
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
      money,
    ),
  ).toEqual([
    "1 new click",
    "2 new leads",
    "1 new trial",
    "2 commissions: 7920 USD",
    "1 second-tier commission: 99 USD",
    "1 reversal: -500 EUR",
    "10 USD became due",
  ]);
});
