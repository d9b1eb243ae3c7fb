/** Terms as a form has them: the main fields as inputs, and everything else as JSON. */
import { type FieldFault, Problem } from "../../lib/problem.ts";

type Terms = Readonly<Record<string, unknown>>;

/** Fields with whole numbers, where an empty one is null. */
const NUMBERS = ["cookie_days", "hold_days", "dispute_days"] as const;
const CHOICES = ["model", "binds_to", "applies_to"] as const;

/** Fields of `payout` with inputs of their own: whole numbers. */
const PAYOUT_NUMBERS = ["lag_months", "first_day", "last_day"] as const;

/** The inputs. Their names are the paths of the API's faults. */
export const TERMS_INPUTS = [
  ...[...NUMBERS, ...CHOICES].map((name) => `terms.${name}`),
  ...PAYOUT_NUMBERS.map((name) => `terms.payout.${name}`),
  ...["percent", "json", "effective_from"],
];

const BPS_PER_PERCENT = 100;

/** The values of the form for terms. `percent` is empty if there is more than one simple rate. */
export function termsForm(terms: Terms): Record<string, string> {
  const { rates } = terms;
  const [rule, ...others] = Array.isArray(rates) ? rates : [];
  const isSimple = others.length === 0 && Object.keys(rule ?? {}).join() === "rate_bps";
  const main = [...NUMBERS, ...CHOICES];
  const rest = Object.entries(terms).filter(
    ([name]) => !main.some((one) => one === name) && !(isSimple && name === "rates") && name !== "payout",
  );
  const { payout, others: payoutRest } = splitPayout(terms.payout);
  return {
    ...Object.fromEntries(main.map((name) => [`terms.${name}`, String(terms[name] ?? "")])),
    percent: isSimple ? String(rule.rate_bps / BPS_PER_PERCENT) : "",
    ...Object.fromEntries(PAYOUT_NUMBERS.map((name) => [`terms.payout.${name}`, String(payout[name] ?? "")])),
    json: JSON.stringify({ ...Object.fromEntries(rest), ...(payoutRest !== null && { payout: payoutRest }) }, null, 2),
    effective_from: "",
  };
}

/** The part of a payout with inputs, and the rest; null where there is none. */
function splitPayout(payout: unknown): { payout: Terms; others: Terms | null } {
  if (typeof payout !== "object" || payout === null) return { payout: {}, others: null };
  const others = Object.entries(payout).filter(([name]) => !PAYOUT_NUMBERS.some((one) => one === name));
  return { payout: { ...payout }, others: Object.fromEntries(others) };
}

/** The API's body of what was entered, or what is wrong with it. */
export function readTermsForm(
  values: Readonly<Record<string, string>>,
): { ok: true; body: { terms: Terms; effective_from?: string } } | { ok: false; problem: Problem } {
  const faults: FieldFault[] = [];
  const refuse = (field: string, detail: string) => {
    faults.push({ field, code: `invalid_${field}`, detail });
  };
  const rest = parseObject(values.json ?? "");
  if (rest === null) refuse("json", "must be a JSON object");
  const numbers = NUMBERS.map((name) => {
    const text = values[`terms.${name}`]?.trim() ?? "";
    return [name, text === "" ? null : Number(text)] as const;
  });
  for (const [name, number] of numbers) if (Number.isNaN(number)) refuse(`terms.${name}`, "must be a number");
  const payoutNumbers = PAYOUT_NUMBERS.flatMap((name) => {
    const text = values[`terms.payout.${name}`]?.trim() ?? "";
    return text === "" ? [] : [[name, Number(text)] as const];
  });
  for (const [name, number] of payoutNumbers) {
    if (Number.isNaN(number)) refuse(`terms.payout.${name}`, "must be a number");
  }
  const percent = values.percent?.trim() ?? "";
  const bps = Math.round(Number(percent) * BPS_PER_PERCENT);
  if (percent !== "" && !(bps >= 0)) refuse("percent", "must be a number such as 30 or 12.5");
  const day = values.effective_from?.trim() ?? "";
  if (faults.length > 0) {
    const detail = "The terms could not be read.";
    return { ok: false, problem: new Problem(422, "invalid_terms", detail, null, faults) };
  }
  const choices = CHOICES.map((name) => [name, values[`terms.${name}`]]);
  return {
    ok: true,
    body: {
      terms: {
        ...rest,
        // Without its days, a payout is what the JSON has.
        ...(payoutNumbers.length > 0 && {
          payout: { basis: "cleared", ...Object(rest?.payout), ...Object.fromEntries(payoutNumbers) },
        }),
        ...Object.fromEntries(numbers),
        ...Object.fromEntries(choices),
        ...(percent !== "" && { rates: [{ rate_bps: bps }] }),
      },
      ...(day !== "" && { effective_from: `${day}T00:00:00Z` }),
    },
  };
}

/** A refusal by the API, with the faults of terms that have no input of their own beside the JSON. */
export function placeFaults(problem: Problem): Problem {
  const isRate = ({ field }: FieldFault) => field === "terms.rates.0.rate_bps";
  const hasInput = ({ field }: FieldFault) => TERMS_INPUTS.includes(field);
  const others = problem.errors.filter((fault) => !hasInput(fault));
  const errors = problem.errors.filter(hasInput);
  if (others.length > 0) {
    const [first] = others;
    const field = others.length === 1 && first !== undefined && isRate(first) ? "percent" : "json";
    errors.push({ field, code: "invalid_terms", detail: others.map(({ detail }) => detail).join("; ") });
  }
  return new Problem(problem.status, problem.code, problem.message, problem.field, errors);
}

function parseObject(text: string): Terms | null {
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "{}" : text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Terms) : null;
  } catch {
    return null;
  }
}
