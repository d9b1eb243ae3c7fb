/** The letter that tells an affiliate of its sales and payments, as text: nothing in it is fetched. Nothing of any customer. */
import { formatMoney } from "../lib/format-money.ts";
import { quote, sayCount, sayList } from "../lib/plain-english.ts";

/** A sale in a letter. Amounts in minor units, times in ms. */
export interface ToldSale {
  conversion: string;
  program: string;
  amount: number | null;
  refunded: number;
  currency: string | null;
  product: string | null;
  /** What the ledger has of it by now; null for nothing yet. */
  commission: { amount: number; currency: string; clears_at: number; reason: string | null } | null;
}

/** A payment in a letter. */
export interface ToldPayout {
  kind: "paid" | "failed" | "returned";
  number: number;
  program: string;
  program_slug: string;
  amount: number;
  currency: string;
  method: "paypal" | "bank" | null;
  /** Where it went, most of it hidden; null where that has been erased. */
  masked: string | null;
  reason: string | null;
}

/** A letter as the platform's `send_email` binding takes it. */
export interface Letter {
  from: string;
  to: string;
  subject: string;
  text: string;
  headers: Record<string, string>;
}

export interface LetterContent {
  from: string;
  to: string;
  name: string;
  /** Of the portal. */
  origin: string;
  /** Good without signing in. */
  unsubscribe_token: string;
  sales: readonly ToldSale[];
  payouts: readonly ToldPayout[];
  now: number;
}

/** Of more sales the letter tells the number, and where they are. */
const SALES_TOLD = 20;
const TEXT_MAX = 100;
const METHODS = { paypal: "PayPal", bank: "bank transfer" } as const;
const dateFormat = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "long",
  year: "numeric",
});

/** Somebody else's words on one line: no line, header or direction of writing begins in them, and a long text is cut. */
export function keepToLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  const characters = [...line];
  return characters.length > TEXT_MAX ? `${characters.slice(0, TEXT_MAX - 1).join("")}…` : line;
}

/** Writes the letter. The headers let a mail program end all letters with one press (RFC 8058) and answer none (RFC 3834). */
export function writeLetter(content: LetterContent): Letter {
  const { from, to, name, origin, sales, payouts } = content;
  const unsubscribe = `${origin}/app/unsubscribe?token=${content.unsubscribe_token}`;
  const told = sales.slice(0, SALES_TOLD);
  const rest = sales.length - told.length;
  const paragraphs = [
    `Hello ${keepToLine(name)},`,
    ...payouts.map((payout) => writePayout(payout, origin)),
    ...told.map((sale) => writeSale(sale, content)),
    ...(rest === 0 ? [] : [`And ${sayCount(rest, "more sale")}: ${origin}/app/conversions`]),
    `Choose what you are told, and how often: ${origin}/app/account#notifications`,
    `No more of these letters, without signing in: ${unsubscribe}`,
  ];
  return {
    from,
    to,
    subject: writeSubject(sales, payouts),
    text: `${paragraphs.join("\n\n")}\n`,
    headers: {
      "List-Unsubscribe": `<${unsubscribe}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "Auto-Submitted": "auto-generated",
    },
  };
}

function writeSubject(sales: readonly ToldSale[], payouts: readonly ToldPayout[]): string {
  const parts =
    payouts.length > PAYOUTS_IN_SUBJECT
      ? [sayCount(payouts.length, "payment")]
      : payouts.map(({ kind, amount, currency }) => `${TITLES[kind]}: ${formatMoney(amount, currency)}`);
  if (sales.length > 0) {
    const sums = sumCommissions(sales).map(([currency, amount]) => formatMoney(amount, currency));
    const earned = sums.length === 0 ? "" : `: ${sayList(sums, "and")} commission`;
    parts.push(sayCount(sales.length, "new sale") + earned);
  }
  return parts.join("; ");
}

/** A line of a letter has an end (RFC 5322: 998 characters). */
const PAYOUTS_IN_SUBJECT = 3;
const TITLES = { paid: "Paid", failed: "Payment failed", returned: "Payment came back" } as const;

/** By currency, without those that earn nothing. None where not all are known: part of a sum is no sum. */
function sumCommissions(sales: readonly ToldSale[]): [currency: string, amount: number][] {
  const sums = new Map<string, number>();
  for (const { commission } of sales) {
    if (commission === null) return [];
    sums.set(commission.currency, (sums.get(commission.currency) ?? 0) + commission.amount);
  }
  return [...sums].filter(([, amount]) => amount !== 0);
}

function writeSale(sale: ToldSale, { origin, now }: LetterContent): string {
  const { amount, refunded, currency, product, program, conversion } = sale;
  const isWorth = amount !== null && currency !== null;
  const worth = isWorth ? ` of ${formatMoney(amount, currency)}` : "";
  const back = isWorth && refunded > 0 ? `, of which ${formatMoney(refunded, currency)} was refunded` : "";
  const what = product === null ? "" : `: ${quote(keepToLine(product))}`;
  return [
    `Sale${worth}${back}${what}, in ${keepToLine(program)}`,
    sayCommission(sale, now),
    `${origin}/app/conversions/${encodeURIComponent(conversion)}`,
  ].join("\n");
}

function sayCommission({ commission }: ToldSale, now: number): string {
  if (commission === null) return "Your commission is not in the ledger yet.";
  const { amount, currency, clears_at, reason } = commission;
  if (amount === 0) return reason === null ? "No commission." : `No commission: ${keepToLine(reason)}`;
  const hold = clears_at > now ? `held until ${dateFormat.format(clears_at)}` : "no longer held";
  return `Your commission: ${formatMoney(amount, currency)}, ${hold}.`;
}

function writePayout(payout: ToldPayout, origin: string): string {
  const { kind, number, amount, currency, program, method, masked, reason } = payout;
  const way = method === null ? "" : ` by ${METHODS[method]}${masked === null ? "" : ` to ${keepToLine(masked)}`}`;
  const why = reason === null ? "" : `: ${keepToLine(reason)}`;
  const money = formatMoney(amount, currency);
  const what = {
    paid: `You are paid ${money}${way}.`,
    failed: `The payment of ${money}${way} was not made${why}`,
    returned: `The payment of ${money}${way} came back${why}`,
  }[kind];
  const query = new URLSearchParams({ program: payout.program_slug });
  return [`Statement ${number} of ${keepToLine(program)}`, what, `${origin}/app/payouts/${number}?${query}`].join("\n");
}
