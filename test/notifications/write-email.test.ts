import { describe, expect, test } from "vitest";
import { importTokenKeys, signText } from "../../src/lib/signed-text.ts";
import { readUnsubscribeToken, signUnsubscribeToken } from "../../src/notifications/unsubscribe-token.ts";
import {
  keepToLine,
  type NotificationContent,
  type PayoutNotice,
  type SaleNotice,
  writeEmail,
} from "../../src/notifications/write-email.ts";
import { signSelfToken } from "../../src/redirect/self-token.ts";
import { fc } from "../support/random.ts";

const NOW = Date.UTC(2026, 10, 27, 12);
const ORIGIN = "https://go.example.com";

const soldFor = (changes: Partial<SaleNotice> = {}): SaleNotice => ({
  ...{
    conversion: "cv_1",
    program: "Shop",
    program_slug: "shop",
    amount: 9_900,
    refunded: 0,
    currency: "USD",
    product: "Pro",
  },
  commission: { amount: 3_960, currency: "USD", clears_at: Date.UTC(2026, 11, 27), reason: null },
  ...changes,
});
const payment = (changes: Partial<PayoutNotice> = {}): PayoutNotice => ({
  ...{ kind: "paid", number: 3, program: "Shop", program_slug: "shop", amount: 40_000, currency: "USD" },
  ...{ method: "paypal", masked: "j•••@pay.example", reason: null },
  ...changes,
});
const write = (changes: Partial<NotificationContent>) =>
  writeEmail({
    ...{ to: "a@example.com", brand: null, name: "Ada", origin: ORIGIN, unsubscribe_token: "tok" },
    ...{ sales: [], payouts: [], now: NOW, ...changes },
  });

test("a complete email", async () => {
  const email = write({ sales: [soldFor()], payouts: [payment()] });
  expect(email).toEqual({
    ...{ from_name: null, reply_to: null, html: expect.stringContaining("View") },
    to: "a@example.com",
    subject: "Payout of $400.00 sent; 1 new sale: $39.60 in commission",
    text: `Hi Ada,

Statement 3 from Shop
Your payout of $400.00 was sent by PayPal to j•••@pay.example.
https://go.example.com/app/payouts/3?program=shop

Sale of $99.00 in Shop: “Pro”
Your commission: $39.60, on hold until December 27, 2026.
https://go.example.com/app/conversions/cv_1

Manage your email notifications: https://go.example.com/app/account#notifications

Unsubscribe from all notifications: https://go.example.com/app/unsubscribe?token=tok
`,
    headers: {
      "List-Unsubscribe": "<https://go.example.com/app/unsubscribe?token=tok>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "Auto-Submitted": "auto-generated",
    },
  });
});

describe("the subject", () => {
  const eur = { amount: 2_000, currency: "EUR", clears_at: 0, reason: null };
  test.each<[string, SaleNotice[], PayoutNotice[]]>([
    ["3 new sales: $118.80 in commission", [soldFor(), soldFor(), soldFor()], []],
    ["2 new sales: $39.60 and €20.00 in commission", [soldFor(), soldFor({ commission: eur })], []],
    ["2 new sales", [soldFor(), soldFor({ commission: null })], []],
    ["1 new sale", [soldFor({ commission: { ...eur, amount: 0 } })], []],
    ["Payout of ¥400 sent", [], [payment({ amount: 400, currency: "JPY" })]],
    [
      "Payout of $400.00 failed; Payout of $400.00 returned",
      [],
      [payment({ kind: "failed" }), payment({ kind: "returned" })],
    ],
  ])("%s", (subject, sales, payouts) => {
    expect(write({ sales, payouts }).subject).toBe(subject);
  });
});

describe("a sale", () => {
  const commission = { amount: 3_960, currency: "USD", clears_at: NOW, reason: null };
  const none = { ...commission, amount: 0, reason: "No rule of the terms fits this product." };
  test.each<[string, Partial<SaleNotice>, string]>([
    ["after its hold period", { commission }, "Your commission: $39.60, no longer on hold."],
    ["before its commission is recorded", { commission: null }, "Your commission hasn’t been recorded yet."],
    ["without commission", { commission: none }, "No commission: No rule of the terms fits this product."],
    ["with a partial refund", { refunded: 900 }, "Sale of $99.00 in Shop: “Pro” ($9.00 refunded)"],
    ["without a product", { product: null }, "Sale of $99.00 in Shop"],
    ["without an amount", { amount: null, currency: null }, "Sale in Shop: “Pro”"],
  ])("%s", (_, changes, line) => {
    expect(write({ sales: [soldFor(changes)] }).text.split("\n")).toContain(line);
  });

  test("the email lists twenty sales and counts the rest", () => {
    const sales = Array.from({ length: 500 }, (_, n) => soldFor({ conversion: `cv_${n}` }));
    const { subject, text } = write({ sales });
    expect(subject).toBe("500 new sales: $19,800.00 in commission");
    expect(text.match(/^Sale of /gm)).toHaveLength(20);
    expect(text).toContain(`And 480 more sales: ${ORIGIN}/app/conversions\n`);
  });
});

describe("a payout", () => {
  test.each<[Partial<PayoutNotice>, string]>([
    [{ method: "bank", masked: "•••• 3000" }, "Your payout of $400.00 was sent by bank transfer to •••• 3000."],
    [{ masked: null }, "Your payout of $400.00 was sent by PayPal."],
    [{ method: null, masked: null }, "Your payout of $400.00 was sent."],
    [
      { kind: "failed", reason: "Account closed" },
      "Your payout of $400.00 by PayPal to j•••@pay.example failed: Account closed",
    ],
    [{ kind: "returned", masked: null }, "Your payout of $400.00 by PayPal was returned."],
  ])("%j", (changes, line) => {
    expect(write({ payouts: [payment(changes)] }).text.split("\n")).toContain(line);
  });
});

describe("text from others", () => {
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

  test("adds no line and no header in any field", () => {
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
        const email = of(parts.join("").toWellFormed());
        expect(lines(email.text)).toBe(lines(harmless.text));
        expect([email.subject, email.headers]).toEqual([harmless.subject, harmless.headers]);
      }),
    );
  });
});

test("an unsubscribe token is valid only for its affiliate and its kind", () => {
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
