/** The affiliate portal. */
import { capitalize, days, english, ordinal, quote } from "./english.ts";
import { insights } from "./portal-insights.ts";
import { links } from "./portal-links.ts";

const typeNames: Readonly<Record<string, { one: string; other: string }>> = {
  sale: { one: "Sale", other: "Sales" },
  lead: { one: "Lead", other: "Leads" },
  trial: { one: "Trial", other: "Trials" },
};

/** Where credit goes, by attribution model. `before` and `window` come from the functions below. */
const model = {
  last_click: (before: string, window: string) => `The last click before ${before} gets the credit${window}.`,
  first_click: (before: string, window: string) => `The first click before ${before} gets the credit${window}.`,
};

const rules = {
  model,
  before_signup: "the customer signed up",
  before_conversion: (type: string) => `the ${type}`,
  window: (cookie_days: number | null) =>
    cookie_days === null ? ", no matter how old it is" : ` if it is at most ${days(cookie_days)} old`,
  binding: {
    customer: "The first trial or payment assigns the customer to that affiliate for life.",
    subscription: "The first trial or payment assigns the subscription to that affiliate while it is active.",
    nothing: "",
  },
  precedence: {
    coupon: "Coupons take precedence over clicks.",
    click: "Clicks take precedence over coupons.",
  },
  self_purchase: {
    refuse: "Affiliates’ own purchases earn no commission.",
    allow: "Affiliates’ own purchases earn commission too.",
  },
};

const group = (name: string) => `Your group: ${quote(name)}. Rules for other groups aren’t shown.`;
const own_rates_end = "Your own rates end, and the rules of the terms apply.";

const tier = {
  highest: (name: string) => `Your tier: ${name} (highest).`,
  next: (name: string, counted: string, next: string, requirements: string) =>
    `Your tier: ${name}. ${counted} To reach ${next}, you need ${requirements}.`,
  /** `sales` is a formatted amount. */
  counted: (customers: number, sales: string) =>
    `${english.count(customers, { one: "customer", other: "customers" })} and ${sales} in sales count so far.`,
  /** `sales` is a formatted amount, null for none. `to` is null if everything clears on the same day. */
  pending: (customers: number, sales: string | null, from: string, to: string | null) => {
    const parts = [
      customers === 0 ? [] : [english.count(customers, { one: "new customer", other: "new customers" })],
      sales === null ? [] : [`${sales} in sales`],
    ].flat();
    const dates = to === null ? `on ${from}` : `from ${from} to ${to}`;
    return parts.length === 0 ? "" : ` ${capitalize(parts.join(" and "))} will count after the hold period, ${dates}.`;
  },
  /** `sales` is a formatted amount. At least one of the two isn't null. */
  requirements: (customers: number | null, sales: string | null) => {
    const parts = [
      customers === null ? [] : [english.count(customers, { one: "more customer", other: "more customers" })],
      sales === null ? [] : [`${sales} more in sales`],
    ];
    return parts.flat().join(" and ");
  },
};

const withReason = (reason: string | null) => (reason === null ? "" : ` Reason: ${reason}`);

const statements = {
  statuses: {
    drafted: "Pending",
    paid: "Paid",
    carried: "Carried over",
    unpaid: "Not paid",
    failed: "Failed",
    returned: "Returned",
    cancelled: "Canceled",
  },
  sentences: {
    to_be_paid: (amount: string, month: string) =>
      `${amount} will be paid in ${month} once the merchant approves the payout.`,
    /** After the payout window. */
    awaits_approval: (amount: string, schedule: string) =>
      `${amount} awaits the merchant’s approval. The payout was scheduled ${schedule}.`,
    in_month: (month: string) => `for ${month}`,
    in_window: (from: string, to: string) => (from === to ? `for ${from}` : `between ${from} and ${to}`),
    to_be_carried: (total: string) => `Nothing will be paid. ${total} is carried over to the next statement.`,
    paid: (amount: string, date: string) => `${amount} was paid on ${date}.`,
    carried: (total: string) => `Nothing was paid. ${total} was carried over to the next statement.`,
    unpaid: (amount: string, reason: string | null) =>
      `${amount} wasn’t paid and was carried over to the next statement.${withReason(reason)}`,
    failed: (amount: string, date: string, reason: string | null) =>
      `The payment of ${amount} failed on ${date}. The amount is carried over to the next statement.${withReason(reason)}`,
    returned: (amount: string, date: string, reason: string | null) =>
      `The payment of ${amount} was returned on ${date}. The next statement includes it again.${withReason(reason)}`,
    cancelled: "The merchant canceled this payout. The next statement includes all of its entries.",
  },
};

export const portal = {
  nameType: (type: string, count: number) => {
    const names = typeNames[type];
    if (names === undefined) return capitalize(type);
    return count === 1 ? names.one : names.other;
  },
  conversion_statuses: {
    waiting: "Pending",
    recorded: "Recorded",
    partially_refunded: "Partially refunded",
    refunded: "Refunded",
  },
  ...{ rules, group, own_rates_end },
  payment: (number: number) => `${ordinal(number)} payment`,
  intervals: { once: "one-time", day: "daily", week: "weekly", month: "monthly", year: "yearly" } as Readonly<
    Record<string, string>
  >,
  tier,
  statements,
  links,
  insights,
};
