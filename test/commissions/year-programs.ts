/** The programs of the year: shipped presets, some with a second version of the terms mid-year. */
import { bigcommerce } from "../../src/programs/presets/bigcommerce.ts";
import { builderall } from "../../src/programs/presets/builderall.ts";
import { carrot } from "../../src/programs/presets/carrot.ts";
import { clickfunnels } from "../../src/programs/presets/clickfunnels.ts";
import { convertkit } from "../../src/programs/presets/convertkit.ts";
import { exness } from "../../src/programs/presets/exness.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import { NEW_YEAR, type YearProgram } from "./year-story.ts";

const JULY = Date.UTC(2026, 6, 1);
const SEPTEMBER = Date.UTC(2026, 8, 1);
const shop = {
  products: ["starter", "pro"],
  amounts: [2_900, 4_900, 9_900, 9_999, 11_900, 3_333],
  click_age_days: 38,
  star: 0,
};
const mixed = { ...shop, monthly: 55, yearly: 30 };
const from = NEW_YEAR - 10_000 * 86_400_000;

/** 1,000 affiliates and 50,000 customers in all. */
export const YEAR_PROGRAMS: YearProgram[] = [
  {
    ...mixed,
    name: "kartra, with tiers by three months and 30 days to reactivate from July on",
    affiliates: 350,
    customers: 16_000,
    versions: [
      { from, terms: kartra },
      {
        from: JULY,
        terms: {
          ...kartra,
          reactivation_days: 30,
          tiers: kartra.tiers && { ...kartra.tiers, window_months: 3 },
          rates: [{ tier: ["tier-1", "tier-2"], rate_bps: 3_333 }, ...kartra.rates],
        },
      },
    ],
  },
  {
    ...mixed,
    name: "clickfunnels, with sponsors earning on first payments, and an affiliate with 40 customers in a month",
    star: 15,
    affiliates: 150,
    customers: 6_000,
    versions: [{ from, terms: { ...clickfunnels, second_tier: { rate_bps: 555, payments: "first" } } }],
  },
  {
    ...mixed,
    name: "builderall, with an affiliate with more than 200 customers",
    star: 5,
    affiliates: 120,
    customers: 7_000,
    monthly: 80,
    versions: [{ from, terms: builderall }],
  },
  {
    ...mixed,
    name: "carrot, with a lower rate for all from September on",
    affiliates: 100,
    customers: 6_000,
    products: ["starter", "education"],
    click_age_days: 900,
    versions: [
      { from, terms: carrot },
      {
        from: SEPTEMBER,
        terms: {
          ...carrot,
          applies_to: "all",
          rates: [
            { product: ["education"], rate_bps: 4_000, cap: 3_000 },
            { rate_bps: 1_999, cap: 2_000 },
          ],
        },
      },
    ],
  },
  {
    ...mixed,
    name: "convertkit, for six months in place of 24",
    affiliates: 100,
    customers: 5_000,
    versions: [{ from, terms: { ...convertkit, rates: [{ months: { from: 0, to: 5 }, rate_bps: 3_000 }] } }],
  },
  {
    ...mixed,
    name: "bigcommerce",
    affiliates: 80,
    customers: 4_000,
    products: ["plus", "enterprise"],
    versions: [{ from, terms: bigcommerce }],
  },
  {
    ...shop,
    name: "exness",
    affiliates: 60,
    customers: 3_000,
    amounts: [900, 1_000, 5_000, 20_000, 99_999, 100_000],
    monthly: 0,
    yearly: 0,
    versions: [{ from, terms: exness }],
  },
  {
    ...mixed,
    name: "kartra-classic",
    affiliates: 40,
    customers: 3_000,
    versions: [{ from, terms: kartraClassic }],
  },
];
