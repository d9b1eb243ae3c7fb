/** The email about an affiliate's sales and payouts. It has no customer data. */
import { formatLongDate } from "../lib/format-date.ts";
import { formatMoney } from "../lib/format-money.ts";
import { messages } from "../lib/messages/messages.ts";
import type { Brand } from "../mail/brand.ts";
import { composeEmail, type Email } from "../mail/compose-email.ts";

/** A sale to report. Amounts in minor units, times in ms. */
export interface SaleNotice {
  conversion: string;
  program: string;
  program_slug: string;
  amount: number | null;
  refunded: number;
  currency: string | null;
  product: string | null;
  /** The sum of the sale's ledger entries so far; null if it has none yet. */
  commission: { amount: number; currency: string; clears_at: number; reason: string | null } | null;
}

/** A payout to report. */
export interface PayoutNotice {
  kind: "paid" | "failed" | "returned";
  /** Of the statement. */
  number: number;
  program: string;
  program_slug: string;
  amount: number;
  currency: string;
  method: "paypal" | "bank" | null;
  /** The payment details, mostly hidden; null if they were erased. */
  masked: string | null;
  reason: string | null;
}

export interface NotificationContent {
  to: string;
  name: string;
  /** Of the portal. */
  origin: string;
  /** Works without signing in. */
  unsubscribe_token: string;
  sales: readonly SaleNotice[];
  payouts: readonly PayoutNotice[];
  now: number;
  /** Of the only program that the email is about. */
  brand: Brand | null;
}

/** If there are more sales, the email says how many and links to them. */
const LISTED_SALES_MAX = 20;
const TEXT_MAX_CHARACTERS = 100;
/** Keeps the subject short enough for one line (RFC 5322: 998 characters). */
const SUBJECT_PAYOUTS_MAX = 3;

/**
 * Puts someone else's text on one line. Line breaks, control characters and changes of writing direction become spaces, and
 * a long text is cut.
 */
export function keepToLine(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  const characters = [...line];
  return characters.length > TEXT_MAX_CHARACTERS ? `${characters.slice(0, TEXT_MAX_CHARACTERS - 1).join("")}…` : line;
}

/** Writes the email. Its headers offer one-click unsubscribe (RFC 8058) and prevent automatic replies (RFC 3834). */
export function writeEmail(content: NotificationContent): Email {
  const { to, name, origin, sales, payouts, brand } = content;
  const texts = messages.emails.notification;
  const unsubscribe = `${origin}/app/unsubscribe?token=${content.unsubscribe_token}`;
  const listed = sales.slice(0, LISTED_SALES_MAX);
  const rest = sales.length - listed.length;
  const paragraphs = [
    texts.greeting(keepToLine(name)),
    ...payouts.map((payout) => writePayout(payout, origin)),
    ...listed.map((sale) => writeSale(sale, content)),
    ...(rest === 0 ? [] : [texts.more_sales(rest, `${origin}/app/conversions`)]),
    texts.settings(`${origin}/app/account#notifications`),
    texts.unsubscribe(unsubscribe),
  ];
  const { actions } = messages.emails;
  const links = [
    ...listed.map((sale) => ({ url: saleUrl(sale, origin), label: actions.view_sale })),
    ...payouts.map((payout) => ({ url: statementUrl(payout, origin), label: actions.view_statement })),
    { url: `${origin}/app/conversions`, label: actions.view_sales },
    { url: `${origin}/app/account#notifications`, label: actions.open_account },
    { url: unsubscribe, label: actions.open_account },
  ];
  return composeEmail({
    ...{ to, subject: writeSubject(sales, payouts), paragraphs, links, brand },
    headers: {
      "List-Unsubscribe": `<${unsubscribe}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "Auto-Submitted": "auto-generated",
    },
  });
}

function writeSubject(sales: readonly SaleNotice[], payouts: readonly PayoutNotice[]): string {
  const texts = messages.emails.subject;
  const parts =
    payouts.length > SUBJECT_PAYOUTS_MAX
      ? [texts.payouts(payouts.length)]
      : payouts.map(({ kind, amount, currency }) => texts.payout[kind](formatMoney(amount, currency)));
  if (sales.length > 0) {
    const sums = sumCommissions(sales).map(([currency, amount]) => formatMoney(amount, currency));
    parts.push(texts.sales(sales.length, sums));
  }
  return texts.join(parts);
}

/** By currency, without zeros. Empty unless all commissions are known: a partial sum would be wrong. */
function sumCommissions(sales: readonly SaleNotice[]): [currency: string, amount: number][] {
  const sums = new Map<string, number>();
  for (const { commission } of sales) {
    if (commission === null) return [];
    sums.set(commission.currency, (sums.get(commission.currency) ?? 0) + commission.amount);
  }
  return [...sums].filter(([, amount]) => amount !== 0);
}

function writeSale(sale: SaleNotice, { origin, now }: NotificationContent): string {
  const { amount, refunded, currency, product, program } = sale;
  const hasAmount = amount !== null && currency !== null;
  const title = messages.emails.sale.title({
    amount: hasAmount ? formatMoney(amount, currency) : null,
    refunded: hasAmount && refunded > 0 ? formatMoney(refunded, currency) : null,
    product: product === null ? null : keepToLine(product),
    program: keepToLine(program),
  });
  return [title, writeCommission(sale, now), saleUrl(sale, origin)].join("\n");
}

function saleUrl({ conversion }: SaleNotice, origin: string): string {
  return `${origin}/app/conversions/${encodeURIComponent(conversion)}`;
}

function statementUrl({ number, program_slug: program }: PayoutNotice, origin: string): string {
  return `${origin}/app/payouts/${number}?${new URLSearchParams({ program })}`;
}

function writeCommission({ commission }: SaleNotice, now: number): string {
  const texts = messages.emails.sale;
  if (commission === null) return texts.not_recorded;
  const { amount, currency, clears_at, reason } = commission;
  if (amount === 0) return texts.no_commission(reason === null ? null : keepToLine(reason));
  const money = formatMoney(amount, currency);
  return clears_at > now ? texts.held(money, formatLongDate(clears_at)) : texts.cleared(money);
}

function writePayout(payout: PayoutNotice, origin: string): string {
  const { kind, number, amount, currency, program, method, masked, reason } = payout;
  const texts = messages.emails.payout;
  const way = texts.by(method, masked === null ? null : keepToLine(masked));
  const line = texts.sent[kind](formatMoney(amount, currency), way, reason === null ? null : keepToLine(reason));
  return [texts.title(number, keepToLine(program)), line, statementUrl(payout, origin)].join("\n");
}
