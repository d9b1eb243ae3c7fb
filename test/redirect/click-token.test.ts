import { describe, expect, test } from "vitest";
import { importTokenKeys } from "../../src/lib/signed-text.ts";
import { makeClickId, timeOfClickId } from "../../src/redirect/click.ts";
import { readClickToken, signClickToken } from "../../src/redirect/click-token.ts";
import { readSelfToken, signSelfToken } from "../../src/redirect/self-token.ts";
import { fc } from "../support/random.ts";

const [newKey, oldKey, foreignKey] = await importTokenKeys([1, 2, 3].map((n) => new Uint8Array(32).fill(n)));
if (!newKey || !oldKey || !foreignKey) throw new Error("no keys");

const id = makeClickId(1_767_434_400_123, new Uint8Array(10).fill(255));
const visitor = new Uint8Array(8).fill(9);
const click = { id, visitor, program_id: 1, affiliate_id: 4_294_967_295, link_id: 3 };
const claims = {
  click_id: id.toHex(),
  clicked_at: 1_767_434_400_123,
  visitor: "0909090909090909",
  program_id: 1,
  affiliate_id: 4_294_967_295,
  link_id: 3,
};

describe("click ids", () => {
  test("are UUIDv7 that contain their time", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 48 - 1 }),
        fc.uint8Array({ minLength: 10, maxLength: 10 }),
        (at, random) => {
          const made = makeClickId(at, random);
          expect(timeOfClickId(made)).toBe(at);
          expect(made.toHex()).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
        },
      ),
    );
  });

  test("are ordered by time", () => {
    const random = new Uint8Array(10);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 2 }), (at) => {
        const later = makeClickId(at + 1, random).toHex();
        expect(makeClickId(at, random.with(0, 255)).toHex() < later).toBe(true);
      }),
    );
  });
});

describe("click tokens", () => {
  test("contain the signed data, and fit Stripe's client_reference_id", async () => {
    const token = await signClickToken(newKey, click);
    expect(token).toMatch(/^[A-Za-z0-9_-]{1,200}$/);
    expect(await readClickToken([newKey], token)).toEqual({ ok: true, claims });
  });

  test("stay valid after a key rotation", async () => {
    const token = await signClickToken(oldKey, click);
    expect(await readClickToken([newKey, oldKey], token)).toEqual({ ok: true, claims });
    expect(await readClickToken([newKey], token)).toEqual({ ok: false, error: "forged" });
  });

  test("signed with another key are forged", async () => {
    expect(await readClickToken([newKey, oldKey], await signClickToken(foreignKey, click))).toEqual({
      ok: false,
      error: "forged",
    });
  });

  test("have only one encoding: every change of one character is refused", async () => {
    const token = await signClickToken(newKey, click);
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let tried = 0;
    for (let place = 0; place < token.length; place += 1) {
      for (const letter of alphabet) {
        if (letter === token[place]) continue;
        const changed = token.slice(0, place) + letter + token.slice(place + 1);
        expect((await readClickToken([newKey], changed)).ok, changed).toBe(false);
        tried += 1;
      }
    }
    expect(tried).toBe(token.length * 63);
  });

  test("that are malformed do not throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
        expect((await readClickToken([newKey], text)).ok).toBe(false);
      }),
    );
  });
});

describe("the token of an affiliate's own browser", () => {
  test("identifies the affiliate until it expires, and is not accepted as a click token", async () => {
    const mark = await signSelfToken(newKey, 7, 2_000_000);
    expect(await readSelfToken([newKey], mark, 1_999_999)).toEqual({ affiliate_id: 7, expires_at: 2_000_000 });
    expect(await readSelfToken([newKey], mark, 2_000_000)).toBeNull();
    expect(await readSelfToken([oldKey], mark, 0)).toBeNull();
    expect(await readClickToken([newKey], mark)).toEqual({ ok: false, error: "malformed" });
    expect(await readSelfToken([newKey], await signClickToken(newKey, click), 0)).toBeNull();
  });
});
