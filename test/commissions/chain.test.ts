import { describe, expect, test } from "vitest";
import { canonicalText, chainEntries, checkChain, FIRST_HASH, headOf } from "../../src/commissions/chain.ts";
import { completeEntry, type LedgerEntry } from "../../src/commissions/ledger.ts";
import { keepBooks } from "../support/book-keeping.ts";
import { fc } from "../support/random.ts";

const { entries } = keepBooks(
  Array.from({ length: 8 }, (_, n) => ({ conversion: `cv_${n % 5}`, revision: n + 1, refunded: n * 100 })),
);
const place = fc.nat(entries.length - 1);

test("each hash matches the documented recipe with the platform's SHA-256", async () => {
  let before = "0".repeat(64);
  for (const { hash, ...entry } of entries) {
    const stated = Object.entries(entry).filter(([, value]) => value !== null);
    const text = `{${stated
      .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`)
      .sort()
      .join(",")}}`;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${before}\n${text}`));
    before = new Uint8Array(digest).toHex();
    expect(hash).toBe(before);
  }
});

test("entries stored by older versions keep their hashes", () => {
  const [entry] = entries;
  if (entry === undefined) throw new Error("there is no entry");
  const stored = JSON.parse(canonicalText(entry));
  expect(chainEntries(FIRST_HASH, [completeEntry({ ...stored, corrects: null })])[0]?.hash).toBe(entry.hash);
});

describe("the check of a chain", () => {
  test("finds no fault in an intact chain", () => {
    expect(entries.length).toBeGreaterThan(7);
    expect(checkChain(entries, headOf(entries))).toBeNull();
    expect(checkChain([])).toBeNull();
  });

  test("finds a change to any field and names the entry's number", () => {
    const names = Object.keys(entries[0] ?? {}).filter((name) => name !== "number");
    fc.assert(
      fc.property(place, fc.constantFrom(...names), fc.oneof(fc.integer(), fc.string()), (index, name, value) => {
        const changed = entries.map((entry, at) => (at === index ? { ...entry, [name]: value } : entry));
        fc.pre(changed[index]?.[name as keyof LedgerEntry] !== entries[index]?.[name as keyof LedgerEntry]);
        expect(checkChain(changed as LedgerEntry[])).toEqual({ number: index + 1, fault: "changed" });
      }),
    );
  });

  test("finds any removed entry", () => {
    fc.assert(
      fc.property(place, (index) => {
        const removed = entries.toSpliced(index, 1);
        const isLast = index === entries.length - 1;
        const fault = isLast ? "cut_off" : "missing";
        expect(checkChain(removed, headOf(entries))).toEqual({ number: index + 1, fault });
        // After renumbering, the hash shows the gap.
        const renumbered = removed.map((entry, at) => ({ ...entry, number: at + 1 }));
        expect(checkChain(renumbered, headOf(entries))).toMatchObject({ number: index + 1 });
      }),
    );
  });

  test("finds any inserted entry and any two swapped entries", () => {
    fc.assert(
      fc.property(place, place, (index, other) => {
        const entry = entries[index];
        const rival = entries[other];
        if (entry === undefined || rival === undefined) throw new Error("there is no such entry");
        expect(checkChain(entries.toSpliced(index, 0, entry))).toEqual({ number: index + 2, fault: "inserted" });
        fc.pre(index < other);
        const exchanged = entries.with(index, rival).with(other, entry);
        expect(checkChain(exchanged)?.number).toBe(index + 1);
      }),
    );
  });

  test("finds a ledger rewritten from any entry on, given an earlier head", () => {
    const forged = chainEntries(
      FIRST_HASH,
      entries.map(({ hash: _, ...entry }) => ({ ...entry, amount: entry.amount + 1 })),
    );
    expect(checkChain(forged)).toBeNull();
    expect(checkChain(forged, headOf(entries))).toMatchObject({ fault: "changed" });
  });
});
