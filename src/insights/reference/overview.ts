/** The call of a program's overview, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  affiliate,
  amount,
  count,
  currency,
  day,
  listOf,
  mostlyNull,
  named,
  object,
  orNull,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { dayParameter, parameter } from "../../api/layout/reference/parameters.ts";
import { host } from "../../links/reference/links.ts";

const WITHOUT_BALANCE = "Null with `link` or `country`, which have no balance.";

const money = named("MoneyFigures", {
  currency,
  revenue: amount("The credited sales of the period, net of refunds, in minor units.", 198_000),
  commission: amount(
    "What these sales earned their affiliates, net of reversals. Second-tier commission isn't part of it.",
    79_200,
  ),
  owed: orNull(amount(`The balance of all affiliates at the end of the period, or now. ${WITHOUT_BALANCE}`, 79_200)),
  due: orNull(amount(`The part of it whose hold period was over. ${WITHOUT_BALANCE}`, 39_600)),
  paid: orNull(amount(`Payouts in the period. ${WITHOUT_BALANCE}`, 0)),
});

const figures = {
  from: day("The first day.", "2026-02-01"),
  to: day("The last day."),
  clicks: count("Counted clicks.", 480),
  leads: count("Leads that an affiliate is credited with.", 40),
  trials: count("Trials that an affiliate is credited with.", 25),
  sales: count("Sales that an affiliate is credited with.", 20),
  uncredited_sales: orNull(count("Sales that nobody is credited with. Null with a filter.", 3)),
  money: listOf(money, "Amounts by currency, the program's first."),
};

const achieved = {
  clicks: count("Counted clicks.", 120),
  sales: count("Credited sales.", 8),
  revenue: amount("Their amounts, net of refunds, in minor units of the program's currency.", 79_200),
};

/** A program's figures in a period. */
export const overview = named("ProgramOverview", {
  ...figures,
  previous: v.pipe(named("PeriodFigures", figures), v.description("The period before.")),
  steps: listOf(
    object({
      at: time("When the day or hour begins.", "2026-02-01T00:00:00.000Z"),
      clicks: count("Counted clicks.", 16),
      sales: count("Credited sales.", 1),
    }),
    "The days of the period that have clicks or sales; hours if it is a single day, unless with `country`.",
  ),
  top_affiliates: listOf(
    object({ affiliate, name: text("The affiliate's name.", "Maya"), ...achieved }),
    "The 5 affiliates with the most revenue, then sales, then clicks.",
  ),
  top_links: listOf(
    object({
      slug: text("The link's slug.", "maya"),
      host: mostlyNull(text("The link's host. Null for the shared one.", "go.example.com")),
      affiliate,
      ...achieved,
    }),
    "The 5 links with the most revenue, then sales, then clicks.",
  ),
});

/** The call of `api.ts`. */
export const overviewCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/overview",
    id: "getProgramOverview",
    tag: "Programs",
    summary: "Read a program's figures in a period",
    text: "Next to those of the period before. Filters combine; test mode isn't counted.",
    query: {
      from: dayParameter("The first day, UTC. 29 days before `to` if left out."),
      to: dayParameter("The last day, UTC. Today if left out."),
      compare_from: dayParameter("The first day to compare with. As many days as the period has if left out."),
      compare_to: dayParameter("The last day to compare with. The day before the period if left out."),
      affiliate: parameter("Only of this affiliate, by username."),
      link: parameter("Only of this link, by its slug."),
      host,
      country: parameter("Only of clicks from this country, ISO 3166-1 alpha-2."),
    },
    answers: { 200: overview },
    errors: {
      409: ["slug_ambiguous"],
      422: ["affiliate_not_found", "filters_contradict", "link_not_found"],
    },
    sample: { query: "affiliate=maya" },
  },
];
