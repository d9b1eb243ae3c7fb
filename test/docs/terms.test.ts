/** src/docs/terms.md against the schema and the presets: each field with its default and a valid example, each preset as it is. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as v from "valibot";
import { expect, test } from "vitest";
import { formatMoney } from "../../src/lib/format-money.ts";
import { presets } from "../../src/programs/presets/index.ts";
import { type ProgramTerms, programTerms, unpaidTerms } from "../../src/programs/terms.ts";

const page = readFileSync(resolve(import.meta.dirname, "../../src/docs/terms.md"), "utf8");

/** The text under a heading, up to the next one. */
function textUnder(heading: string): string {
  return page.split(/^## /m).find((section) => section.startsWith(`${heading}\n`)) ?? "";
}

/** The rows of all tables under a heading. */
function rowsUnder(heading: string): string[][] {
  return [...textUnder(heading).matchAll(/^\| (`.*) \|$/gm)].map(([, row = ""]) => row.split(" | "));
}

interface Field {
  section: string;
  name: string;
  schema: v.GenericSchema;
}

/** The inner schemas of optional fields, checks and lists. */
function fieldsOf(schema: object): Record<string, v.GenericSchema> {
  const { entries, wrapped, item, pipe } = Object(schema);
  if (entries !== undefined) return entries;
  const inner = wrapped ?? item ?? (Array.isArray(pipe) && pipe[0] !== schema ? pipe[0] : undefined);
  return inner === undefined ? {} : fieldsOf(inner);
}

/** The headings of fields that have fields of their own. */
const SECTIONS: Readonly<Record<string, string>> = {
  rates: "Rates",
  tiers: "Tiers",
  second_tier: "Second tier",
  milestones: "Milestones",
  payout: "Payout",
};
const OWN_SECTION: Readonly<Record<string, string>> = { hold_days: "Hold period" };

const top = Object.entries(programTerms.entries) as [string, v.GenericSchema][];
const nested: Field[] = Object.entries(SECTIONS).flatMap(([name, section]) => {
  const schema = top.find(([known]) => known === name)?.[1];
  return Object.entries(fieldsOf(schema ?? {})).map(([field, inner]) => ({ section, name: field, schema: inner }));
});
const levels = nested.find(({ name }) => name === "levels")?.schema ?? v.unknown();
const fields: Field[] = [
  ...top
    .filter(([name]) => SECTIONS[name] === undefined)
    .map(([name, schema]) => ({ section: OWN_SECTION[name] ?? "Credit", name, schema })),
  ...nested,
  ...Object.entries(fieldsOf(levels)).map(([name, schema]) => ({ section: "Tiers", name, schema })),
];

const rowOf = ({ section, name }: Pick<Field, "section" | "name">) =>
  rowsUnder(section).find(([cell]) => cell === `\`${name}\``);

test("the page has each field of the terms", () => {
  expect(fields.length).toBeGreaterThan(50);
  expect(fields.filter((field) => rowOf(field) === undefined).map(({ section, name }) => [section, name])).toEqual([]);
  for (const [name, section] of Object.entries(SECTIONS)) {
    expect(textUnder(section), section).toMatch(new RegExp(`[\`"]${name}[\`"]`));
  }
});

test("the page names no field that doesn't exist", () => {
  const known = new Set(fields.map(({ section, name }) => `${section}: \`${name}\``));
  const sections = ["Credit", "Hold period", ...Object.values(SECTIONS)];
  const named = sections.flatMap((section) => rowsUnder(section).map(([cell]) => `${section}: ${cell}`));
  expect(named.filter((one) => !known.has(one))).toEqual([]);
});

test("each field has a valid example", () => {
  for (const field of fields) {
    const [, , , example = ""] = rowOf(field) ?? [];
    const json = /^`(.*)`$/.exec(example)?.[1] ?? "";
    expect(
      v.safeParse(field.schema, JSON.parse(json || "null")).success && json !== "",
      `${field.name}: ${example}`,
    ).toBe(true);
  }
});

/** A default as a cell shows it. */
const show = (value: unknown) =>
  typeof value === "number"
    ? String(value)
    : `\`${String(typeof value === "string" ? value : JSON.stringify(value))}\``;

test("each field has its default", () => {
  const unpaid: Record<string, unknown> = unpaidTerms;
  for (const field of fields) {
    const [, , stated = ""] = rowOf(field) ?? [];
    const given = v.getDefault(field.schema as v.OptionalSchema<v.GenericSchema, unknown>);
    const isTop = top.some(([name]) => name === field.name) && !Object.values(SECTIONS).includes(field.section);
    if (isTop) expect(stated, field.name).toBe(show(unpaid[field.name]));
    else if (given !== undefined) expect(stated.replaceAll('"', ""), field.name).toBe(show(given).replaceAll('"', ""));
    else if (field.schema.type === "optional") expect(stated, field.name).not.toBe("required");
    else expect(stated, field.name).toBe("required");
  }
});

const percent = (numerator: number, denominator: number) => `${(numerator * 100) / denominator}%`;

/** What a row must say of a preset. */
function factsOf(terms: ProgramTerms): string[] {
  const money = (units: number) => formatMoney(units, "USD").replace(/\.00$/, "");
  const rewards = terms.rates.flatMap(({ rate_bps, rate, flat }) => [
    ...(rate_bps === undefined ? [] : [percent(rate_bps, 10_000)]),
    ...(rate === undefined ? [] : [`${rate.numerator}/${rate.denominator}`]),
    ...(flat === undefined ? [] : [flat]),
  ]);
  const flats = rewards.filter((reward) => typeof reward === "number");
  const shown = flats.length > 2 ? [Math.min(...flats), Math.max(...flats)] : flats;
  return [
    ...rewards.filter((reward) => typeof reward === "string"),
    ...shown.map(money),
    ...terms.rates.flatMap(({ months }) => (months === undefined ? [] : [`${months.from}–${months.to}`])),
    ...(terms.second_tier === null ? [] : [percent(terms.second_tier.rate_bps, 10_000)]),
    ...(terms.tiers?.levels ?? []).flatMap(({ min_customers, sales_over, sales_at_least }) => [
      ...(min_customers === undefined ? [] : [String(min_customers)]),
      ...[sales_over, sales_at_least].filter((sales) => sales !== undefined).map(money),
    ]),
    ...terms.milestones.flatMap(({ bonus, commission, customers }) => [
      money(bonus),
      commission === undefined ? String(customers) : money(commission),
    ]),
  ];
}

function payoutFacts({ payout }: ProgramTerms): string[] {
  if (payout === null) return ["not set"];
  const { basis, first_day, last_day, lag_months, minimum, gates, methods } = payout;
  return [
    basis === "cleared" ? "once cleared" : "as earned",
    first_day === last_day ? `, ${first_day},` : `${first_day}–${last_day}`,
    lag_months === 1 ? "next month" : "second month after",
    ...(minimum === 0 ? [] : [`from ${formatMoney(minimum, "USD").replace(/\.00$/, "")}`]),
    ...(gates.length === 0 ? [] : ["tax form and details first"]),
    methods.length === 1 ? "; PayPal" : "; PayPal or bank",
  ];
}

test("the page has each preset, with its own terms", () => {
  const rows = rowsUnder("Presets");
  expect(rows.map(([name]) => name)).toEqual(Object.keys(presets).map((name) => `\`${name}\``));
  Object.values(presets).forEach((terms, index) => {
    const [name, pays = "", duration = "", cookie, hold, tiers = "", paid = ""] = rows[index] ?? [];
    const days = terms.cookie_days === null ? "no end" : `${terms.cookie_days} days`;
    expect([name, cookie, hold]).toEqual([
      name,
      terms.click_before === "signup" ? `${days}, before signup` : days,
      `${terms.hold_days} days`,
    ]);
    for (const fact of factsOf(terms)) expect(`${pays} ${duration} ${tiers}`, `${name}: ${fact}`).toContain(fact);
    for (const fact of payoutFacts(terms)) expect(paid, `${name}: ${fact}`).toContain(fact);
    expect(terms.model).toBe("last_click");
    expect(terms.binds_to).toBe(name === "`kartra`" ? "subscription" : "customer");
  });
});
