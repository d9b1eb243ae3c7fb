/** The steps of setting up a program, each ticked by facts: nothing about the checklist itself is stored. */
import type { Purpose } from "../../webhooks/expected-events.ts";

/** What the API says of a program. */
export interface SetupFacts {
  /** Whether the newest terms pay anything. */
  pays: boolean;
  /** Whether the newest terms have a payout schedule. */
  has_payout: boolean;
  link_host: string;
  answers: boolean;
  hosts: readonly { host: string; reads_cookie: boolean; is_same_site: boolean }[];
  endpoints: readonly { source: string; test: boolean; missing: readonly Purpose[]; received: readonly string[] }[];
  has_affiliate: boolean;
  /** The URL of a link. */
  link: string | null;
  has_click: boolean;
  has_event: boolean;
  has_credited: boolean;
  has_commission: boolean;
}

/** A line of a step: a fact that holds, or what is to do. */
export interface SetupLine {
  is_done: boolean;
  text: string;
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

const line = (is_done: boolean, done: string, open: string): SetupLine => ({ is_done, text: is_done ? done : open });

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
        `${link_host} doesn’t answer: add it as a custom domain of the Worker, then reload this page.`,
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
        `Connected: ${endpoints.map(({ source }) => source).join(", ")}.`,
        "No checkout is connected: create an endpoint, and paste its URL at the checkout as its page says.",
      ),
      ...shown.flatMap(({ source, missing, received }) => [
        line(
          received.length > 0,
          `${source} has sent ${received.join(", ")}.`,
          `Waiting for the first event of ${source}.`,
        ),
        // Trials, refunds and so on arrive when they happen.
        ...(received.length === 0 || missing.length === 0
          ? []
          : [
              {
                is_done: !missing.includes("sale"),
                text: `Not yet received from ${source}: ${missing.map((purpose) => PURPOSE_NAMES[purpose]).join(", ")}. Check that these events are selected there.`,
              },
            ]),
      ]),
    ],
    next: { path: "/checkouts", label: "Open checkouts" },
  };
}

function listAffiliate({ has_affiliate, link }: SetupFacts): Listed {
  return {
    ...{ id: "affiliate", title: "First affiliate" },
    lines: [
      line(has_affiliate, "An affiliate is approved.", "No affiliate is approved: add one, such as yourself."),
      line(link !== null, "There is a link.", "There is no link: create one for the affiliate."),
    ],
    next: has_affiliate
      ? { path: "/links", label: link === null ? "Create a link" : "Open links" }
      : { path: "/affiliates", label: "Add an affiliate" },
  };
}

function listSale({ has_click, has_event, has_credited, has_commission }: SetupFacts): Listed {
  return {
    ...{ id: "sale", title: "Test sale" },
    lines: [
      line(
        has_click,
        "A link was clicked.",
        "Open a link in a private window, so that your own click is a new visitor’s.",
      ),
      line(has_event, "An event arrived.", "Buy something there: the checkout then sends an event."),
      line(has_credited, "A sale was credited to an affiliate.", "The sale isn’t credited yet."),
      line(
        has_commission,
        "Its commission is in the ledger.",
        "No commission is in the ledger yet. Sales in test mode earn none.",
      ),
    ],
    next: { path: "/sales", label: "Open sales" },
  };
}
