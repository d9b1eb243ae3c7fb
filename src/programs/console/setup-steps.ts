/** The steps of setting up a program, each ticked by facts: nothing about the checklist itself is stored. */
import { formatMoney } from "../../lib/format-money.ts";
import type { Purpose } from "../../webhooks/expected-events.ts";

interface Money {
  amount: number;
  currency: string;
}

/** An enabled endpoint. */
export interface SetupEndpoint {
  id: string;
  source: string;
  /** As the checkout is called. */
  name: string;
  /** Null where the URL contains the secret. */
  url: string | null;
  has_secret: boolean;
  test: boolean;
  missing: readonly Purpose[];
  received: readonly string[];
}

/** What the API says of a program. */
export interface SetupFacts {
  /** Whether the newest terms pay anything. */
  pays: boolean;
  /** Whether the newest terms have a payout schedule. */
  has_payout: boolean;
  link_host: string;
  answers: boolean;
  hosts: readonly { host: string; reads_cookie: boolean; is_same_site: boolean }[];
  endpoints: readonly SetupEndpoint[];
  has_affiliate: boolean;
  /** The oldest link that is enabled. */
  link: { url: string; slug: string; host: string } | null;
  has_click: boolean;
  has_event: boolean;
  has_credited: boolean;
  has_commission: boolean;
  /** The latest sale in test mode, and what it would earn; null if nothing. */
  tested: { id: string; affiliate: string | null; sold: Money; earns: Money | null } | null;
}

/** A line of a step: a fact that holds, or what is to do. */
export interface SetupLine {
  is_done: boolean;
  text: string;
  /** Below the program's pages. */
  more?: { path: string; label: string };
}

/** A step: its lines, and the page to go on with. */
export interface SetupStep {
  id: "terms" | "domain" | "checkout" | "affiliate" | "sale";
  title: string;
  is_done: boolean;
  lines: SetupLine[];
  /** Below the program's pages. */
  next: { path: string; label: string };
}

const PURPOSE_NAMES: Record<Purpose, string> = {
  sale: "sales",
  trial: "trials",
  refund: "refunds",
  chargeback: "chargebacks",
  cancellation: "cancellations",
};

const line = (is_done: boolean, done: string, open: string, more?: SetupLine["more"]): SetupLine => ({
  ...{ is_done, text: is_done ? done : open },
  ...(!is_done && more !== undefined && { more }),
});

/** All steps, in order. */
export function listSetupSteps(facts: SetupFacts): SetupStep[] {
  const steps = [listTerms(facts), listDomain(facts), listCheckout(facts), listAffiliate(facts), listSale(facts)];
  return steps.map((step) => ({ ...step, is_done: step.lines.every(({ is_done }) => is_done) }));
}

type Listed = Omit<SetupStep, "is_done">;

function listTerms({ pays, has_payout }: SetupFacts): Listed {
  return {
    ...{ id: "terms", title: "Terms" },
    lines: [
      line(pays, "The terms pay a commission.", "The terms pay nothing yet: set what a sale earns."),
      line(has_payout, "The terms say when affiliates are paid.", "The terms have no payout schedule yet: add one."),
    ],
    next: { path: "/terms", label: pays && has_payout ? "Read the terms" : "Change the terms" },
  };
}

function listDomain({ link_host, answers, hosts }: SetupFacts): Listed {
  return {
    ...{ id: "domain", title: "Link domain and cookie" },
    lines: [
      line(
        answers,
        `Links work on ${link_host}.`,
        `${link_host} doesn’t answer: add it as a custom domain of the Worker.`,
        { path: "/setup?check=domain#domain", label: "Check again" },
      ),
      ...hosts.map(({ host, reads_cookie, is_same_site }) => ({
        is_done: true,
        text: reads_cookie
          ? `${host} gets the cookie.`
          : is_same_site
            ? `${host} doesn’t get the cookie: set the cookie domain to the domain that it shares with ${link_host}, or pass the click from the landing URL (lc_click).`
            : `${host} is another site than ${link_host}: pass the click from the landing URL (lc_click).`,
      })),
    ],
    next: { path: "/settings", label: "Open settings" },
  };
}

function listCheckout({ endpoints }: SetupFacts): Listed {
  const live = endpoints.filter(({ test }) => !test);
  const shown = live.length > 0 ? live : endpoints;
  return {
    ...{ id: "checkout", title: "Checkout" },
    lines: [
      line(
        endpoints.length > 0,
        `Connected: ${endpoints.map(({ name }) => name).join(", ")}.`,
        "No checkout is connected: choose yours.",
      ),
      ...shown.flatMap(listEndpoint),
    ],
    next: { path: "/checkouts", label: "Open checkouts" },
  };
}

function listEndpoint({ id, name, has_secret, missing, received }: SetupEndpoint): SetupLine[] {
  const path = `/checkouts/${id}`;
  const secret = { path: `${path}#secrets`, label: "Add it" };
  return [
    ...(has_secret ? [] : [{ is_done: false, text: `The secret that ${name} shows is missing.`, more: secret }]),
    line(received.length > 0, `${name} has sent ${received.join(", ")}.`, `Waiting for the first event of ${name}.`),
    // Trials, refunds and so on arrive when they happen.
    ...(received.length === 0 || missing.length === 0
      ? []
      : [
          {
            is_done: !missing.includes("sale"),
            text: `Not yet received from ${name}: ${missing.map((purpose) => PURPOSE_NAMES[purpose]).join(", ")}. Check that these events are selected there.`,
            more: { path: `${path}#types`, label: "Types of event" },
          },
        ]),
  ];
}

function listAffiliate({ has_affiliate, link }: SetupFacts): Listed {
  return {
    ...{ id: "affiliate", title: "First affiliate" },
    lines: [
      line(has_affiliate, "An affiliate is approved.", "No affiliate is approved: add one, such as yourself."),
      line(link !== null, "There is a link.", "There is no link: create one for the affiliate."),
    ],
    next: has_affiliate
      ? link === null
        ? { path: "/links/new", label: "Create a link" }
        : { path: "/affiliates/new", label: "Add another affiliate" }
      : { path: "/affiliates/new", label: "Add an affiliate" },
  };
}

function listSale({ link, has_click, has_event, has_credited, has_commission, tested }: SetupFacts): Listed {
  const sale = tested === null ? undefined : { path: `/sales/${tested.id}`, label: "See why" };
  return {
    ...{ id: "sale", title: "Test sale" },
    lines: [
      line(
        has_click,
        "A link was clicked.",
        link === null
          ? "Create a link first."
          : "Open the link in a private window, so that your own click is a new visitor’s, and come back.",
      ),
      line(has_event, "An event arrived.", "Send a test sale below, or buy something at your checkout."),
      {
        ...line(
          has_credited,
          tested?.affiliate == null
            ? "A sale was credited to an affiliate."
            : `A test sale of ${formatMoney(tested.sold.amount, tested.sold.currency)} was credited to ${tested.affiliate}.`,
          "No sale is credited yet.",
        ),
        ...(has_credited && sale !== undefined && { more: sale }),
      },
      line(
        has_commission || tested?.earns != null,
        has_commission
          ? "Its commission is in the ledger."
          : `A real sale like it earns ${tested?.earns == null ? "" : formatMoney(tested.earns.amount, tested.earns.currency)}. Sales in test mode earn nothing, and aren’t in figures.`,
        tested === null
          ? "No commission is in the ledger yet."
          : "A real sale like it earns nothing: look at the terms.",
      ),
    ],
    next: { path: has_credited && !has_commission ? "/sales?test=true" : "/sales", label: "Open sales" },
  };
}
