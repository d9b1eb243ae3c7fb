import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { importTokenKeys, signText } from "../../src/lib/signed-text.ts";
import { readUnsubscribeToken, signUnsubscribeToken } from "../../src/notifications/unsubscribe-token.ts";
import {
  keepToLine,
  type LetterContent,
  type ToldPayout,
  type ToldSale,
  writeLetter,
} from "../../src/notifications/write-email.ts";
import { signSelfToken } from "../../src/redirect/self-token.ts";
import { fc } from "../support/random.ts";

const NOW = Date.UTC(2026, 10, 27, 12);
const ORIGIN = "https://go.example.com";

const soldFor = (changes: Partial<ToldSale> = {}): ToldSale => ({
  ...{ conversion: "cv_1", program: "Shop", amount: 9_900, refunded: 0, currency: "USD", product: "Pro" },
  commission: { amount: 3_960, currency: "USD", clears_at: Date.UTC(2026, 11, 27), reason: null },
  ...changes,
});
const payment = (changes: Partial<ToldPayout> = {}): ToldPayout => ({
  ...{ kind: "paid", number: 3, program: "Shop", program_slug: "shop", amount: 40_000, currency: "USD" },
  ...{ method: "paypal", masked: "j•••@pay.example", reason: null },
  ...changes,
});
const write = (changes: Partial<LetterContent>) =>
  writeLetter({
    ...{ from: "portal@example.com", to: "a@example.com", name: "Ada", origin: ORIGIN, unsubscribe_token: "tok" },
    ...{ sales: [], payouts: [], now: NOW, ...changes },
  });

test("a letter, whole, is one that the platform's binding takes", async () => {
  const letter = write({ sales: [soldFor()], payouts: [payment()] });
  expect(letter).toEqual({
    from: "portal@example.com",
    to: "a@example.com",
    subject: "Paid: $400.00; 1 new sale: $39.60 commission",
    text: `Hello Ada,

Statement 3 of Shop
You are paid $400.00 by PayPal to j•••@pay.example.
https://go.example.com/app/payouts/3?program=shop

Sale of $99.00: “Pro”, in Shop
Your commission: $39.60, held until 27 December 2026.
https://go.example.com/app/conversions/cv_1

Choose what you are told, and how often: https://go.example.com/app/account#notifications

No more of these letters, without signing in: https://go.example.com/app/unsubscribe?token=tok
`,
    headers: {
      "List-Unsubscribe": "<https://go.example.com/app/unsubscribe?token=tok>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "Auto-Submitted": "auto-generated",
    },
  });
  expect(await env.EMAIL?.send(letter)).toMatchObject({ messageId: expect.any(String) });
});

describe("the subject", () => {
  const eur = { amount: 2_000, currency: "EUR", clears_at: 0, reason: null };
  test.each<[string, ToldSale[], ToldPayout[]]>([
    ["3 new sales: $118.80 commission", [soldFor(), soldFor(), soldFor()], []],
    ["2 new sales: $39.60 and €20.00 commission", [soldFor(), soldFor({ commission: eur })], []],
    ["2 new sales", [soldFor(), soldFor({ commission: null })], []],
    ["1 new sale", [soldFor({ commission: { ...eur, amount: 0 } })], []],
    ["Paid: ¥400", [], [payment({ amount: 400, currency: "JPY" })]],
    [
      "Payment failed: $400.00; Payment came back: $400.00",
      [],
      [payment({ kind: "failed" }), payment({ kind: "returned" })],
    ],
  ])("%s", (subject, sales, payouts) => {
    expect(write({ sales, payouts }).subject).toBe(subject);
  });
});

describe("of a sale", () => {
  const commission = { amount: 3_960, currency: "USD", clears_at: NOW, reason: null };
  const none = { ...commission, amount: 0, reason: "No rule of the terms fits this product." };
  test.each<[string, Partial<ToldSale>, string]>([
    ["whose hold is over", { commission }, "Your commission: $39.60, no longer held."],
    ["that is not in the ledger yet", { commission: null }, "Your commission is not in the ledger yet."],
    ["that earns nothing", { commission: none }, "No commission: No rule of the terms fits this product."],
    ["of which part is back", { refunded: 900 }, "Sale of $99.00, of which $9.00 was refunded: “Pro”, in Shop"],
    ["without a product", { product: null }, "Sale of $99.00, in Shop"],
    ["without an amount", { amount: null, currency: null }, "Sale: “Pro”, in Shop"],
  ])("%s", (_, changes, line) => {
    expect(write({ sales: [soldFor(changes)] }).text.split("\n")).toContain(line);
  });

  test("twenty are told one by one, and of more how many", () => {
    const sales = Array.from({ length: 500 }, (_, n) => soldFor({ conversion: `cv_${n}` }));
    const { subject, text } = write({ sales });
    expect(subject).toBe("500 new sales: $19,800.00 commission");
    expect(text.match(/^Sale of /gm)).toHaveLength(20);
    expect(text).toContain(`And 480 more sales: ${ORIGIN}/app/conversions\n`);
  });
});

describe("of a payment", () => {
  test.each<[Partial<ToldPayout>, string]>([
    [{ method: "bank", masked: "•••• 3000" }, "You are paid $400.00 by bank transfer to •••• 3000."],
    [{ masked: null }, "You are paid $400.00 by PayPal."],
    [{ method: null, masked: null }, "You are paid $400.00."],
    [
      { kind: "failed", reason: "Account closed" },
      "The payment of $400.00 by PayPal to j•••@pay.example was not made: Account closed",
    ],
    [{ kind: "returned", masked: null }, "The payment of $400.00 by PayPal came back"],
  ])("%j", (changes, line) => {
    expect(write({ payouts: [payment(changes)] }).text.split("\n")).toContain(line);
  });
});

describe("what others have written", () => {
  test.each([
    ["Pro\r\nBcc: thief@evil.example", "Pro Bcc: thief@evil.example"],
    ["a\u2028b\u2029c\u0085d\u000be\u0000f", "a b c d e f"],
    ["\u202egnp.exe\u2066", "gnp.exe"],
    ["  x\n\n\n", "x"],
    ["é".repeat(200), `${"é".repeat(99)}…`],
    ["😀".repeat(200), `${"😀".repeat(99)}…`],
  ])("%j is kept to a line", (text, line) => {
    expect(keepToLine(text)).toBe(line);
  });

  test("adds no line and no header, wherever it stands", () => {
    const hostile = fc.array(
      fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\r\n", "\n", "\u2028", "\u202e", "Bcc: x")),
    );
    const lines = (text: string) => text.split(/[\r\n\v\f\u0085\u2028\u2029]/).length;
    const of = (text: string) => {
      const payouts = [payment({ kind: "returned", program: text, masked: text, reason: text })];
      return write({ name: text, sales: [soldFor({ program: text, product: text, conversion: text })], payouts });
    };
    const harmless = of("x");
    fc.assert(
      fc.property(hostile, (parts) => {
        const letter = of(parts.join("").toWellFormed());
        expect(lines(letter.text)).toBe(lines(harmless.text));
        expect([letter.subject, letter.headers]).toEqual([harmless.subject, harmless.headers]);
      }),
    );
  });
});

test("a token ends the letters of the affiliate that it was signed for, and of no other kind", () => {
  const keys = importTokenKeys([new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]);
  const [newest, oldest] = keys;
  const [foreign] = importTokenKeys([new Uint8Array(32).fill(3)]);
  if (newest === undefined || oldest === undefined || foreign === undefined) throw new Error("there are keys");
  expect(readUnsubscribeToken(keys, signUnsubscribeToken(newest, 4_294_967_295))).toBe(4_294_967_295);
  expect(readUnsubscribeToken(keys, signUnsubscribeToken(oldest, 7))).toBe(7);
  const token = signUnsubscribeToken(newest, 7);
  const ofKind = (kind: number) => signText(newest, new Uint8Array([kind, 0, 0, 0, 7]));
  expect(readUnsubscribeToken(keys, ofKind(3))).toBe(7);
  const forged = [
    ...[1, 2, 4].map(ofKind),
    signUnsubscribeToken(foreign, 7),
    signSelfToken(newest, 7, NOW),
    token.slice(1),
    `${token}A`,
    "",
    "x",
  ];
  expect(forged.map((text) => readUnsubscribeToken(keys, text))).toEqual(forged.map(() => null));
});
