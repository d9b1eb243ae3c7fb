/** Emails to affiliates and users. Names and texts from others arrive cut to one line. */
import { english, quote } from "./english.ts";
import { payouts } from "./payouts.ts";

type PayoutKind = "paid" | "failed" | "returned";

const sales = (count: number) => english.count(count, { one: "new sale", other: "new sales" });

const subject = {
  join: (parts: readonly string[]) => parts.join("; "),
  payout: {
    paid: (amount: string) => `Payout of ${amount} sent`,
    failed: (amount: string) => `Payout of ${amount} failed`,
    returned: (amount: string) => `Payout of ${amount} returned`,
  } satisfies Record<PayoutKind, unknown>,
  payouts: (count: number) => english.count(count, { one: "payout update", other: "payout updates" }),
  /** `commissions` are sums in several currencies; empty if not all are known. */
  sales: (count: number, commissions: readonly string[]) =>
    commissions.length === 0 ? sales(count) : `${sales(count)}: ${english.and(commissions)} in commission`,
};

const sale = {
  title: ({ amount, refunded, product, program }: SaleTitle) =>
    [
      "Sale",
      amount === null ? "" : ` of ${amount}`,
      ` in ${program}`,
      product === null ? "" : `: ${quote(product)}`,
      refunded === null ? "" : ` (${refunded} refunded)`,
    ].join(""),
  not_recorded: "Your commission hasn’t been recorded yet.",
  no_commission: (reason: string | null) => (reason === null ? "No commission." : `No commission: ${reason}`),
  held: (commission: string, until: string) => `Your commission: ${commission}, on hold until ${until}.`,
  cleared: (commission: string) => `Your commission: ${commission}, no longer on hold.`,
};

interface SaleTitle {
  amount: string | null;
  refunded: string | null;
  product: string | null;
  program: string;
}

/** `method` is null if it isn't known, `account` if the details were erased. */
const by = (method: keyof typeof payouts.methods | null, account: string | null) =>
  method === null ? "" : ` by ${payouts.methods[method]}${account === null ? "" : ` to ${account}`}`;

const because = (reason: string | null) => (reason === null ? "." : `: ${reason}`);

const payout = {
  title: (statement: number, program: string) => `Statement ${statement} from ${program}`,
  by,
  sent: {
    paid: (amount: string, way: string) => `Your payout of ${amount} was sent${way}.`,
    failed: (amount: string, way: string, reason: string | null) =>
      `Your payout of ${amount}${way} failed${because(reason)}`,
    returned: (amount: string, way: string, reason: string | null) =>
      `Your payout of ${amount}${way} was returned${because(reason)}`,
  } satisfies Record<PayoutKind, unknown>,
};

const notification = {
  greeting: (name: string) => `Hi ${name},`,
  more_sales: (count: number, url: string) =>
    `And ${english.count(count, { one: "more sale", other: "more sales" })}: ${url}`,
  settings: (url: string) => `Manage your email notifications: ${url}`,
  unsubscribe: (url: string) => `Unsubscribe from all notifications: ${url}`,
};

/** How long a link works. */
const lifetime = (minutes: number) =>
  minutes > 60 && minutes % 60 === 0
    ? english.count(minutes / 60, { one: "hour", other: "hours" })
    : english.count(minutes, { one: "minute", other: "minutes" });

const signIn = (site: string) => ({
  subject: (host: string) => `Sign in to the ${site} at ${host}`,
  /** Paragraphs; the link is on a line of its own. */
  paragraphs: ({ host, url, minutes }: { host: string; url: string; minutes: number }) => [
    `Use this link to sign in to the ${site} at ${host}:`,
    url,
    `The link works once and expires in ${lifetime(minutes)}. Open it in the browser that you want to use, then select the button on the page.`,
    "If you didn’t request this email, you can ignore it. No one can sign in without the link.",
  ],
});

const sign_in = { portal: signIn("affiliate portal"), console: signIn("affiliate console") };

const payee = {
  subject: (isChanged: boolean) => `Your payout method was ${isChanged ? "changed" : "removed"}`,
  /** Paragraphs. `before` and `after` are partly hidden; null if there were no details. */
  paragraphs: ({ before, after, wait_days, url }: PayeeChange) => [
    `Your payout method was ${after === null ? "removed" : `changed to ${after}`}.${before === null ? "" : ` Before, it was ${before}.`}`,
    ...(wait_days === 0
      ? []
      : [
          `A payout that is approved within ${english.count(wait_days, { one: "day", other: "days" })} of the change isn’t made to the new payout method. It is carried over, or the merchant pays it after checking with you.`,
        ]),
    `If you didn’t make this change, contact the merchant right away${url === null ? "." : `, and sign out everywhere: ${url}`}`,
  ],
};

interface PayeeChange {
  before: string | null;
  after: string | null;
  wait_days: number;
  url: string | null;
}

const reminder = {
  subject: (program: string) => `Your payout from ${program}`,
  /** Paragraphs. `reasons` are sentences. */
  paragraphs: ({ name, program, reasons, url }: { name: string; program: string; reasons: string[]; url: string }) => [
    `Hi ${name},`,
    `Your commission from ${program} can’t be paid out yet. ${reasons.join(" ")}`,
    `Add what is missing in the affiliate portal: ${url}`,
    "Then it is part of the next payout.",
  ],
};

/** Buttons and links of HTML emails. */
const actions = {
  sign_in: "Sign in",
  view_sale: "View the sale",
  view_statement: "View the statement",
  view_sales: "View all sales",
  open_portal: "Open the portal",
  open_account: "Open your account",
  confirm_address: "Confirm your address",
  view_application: "View your application",
  apply_again: "Apply again",
  join: "Join the program",
  view_link: "Open your link",
};

/** The last line of an email with a support address. */
const support = (address: string) => `Questions? Write to ${address}.`;

export const emails = { subject, sale, payout, notification, sign_in, payee, reminder, actions, support };
