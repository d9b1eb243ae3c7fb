/**
 * What is intentionally different from the old release. A chargeback of one of Leo's sales arrives between the draft and
 * the approval of June's run. The old release paid the 60.00 all the same and carried the debt on; today the approval
 * takes them off what is paid.
 */
import type { Steps } from "./continue-story.ts";
import type { Json } from "./player.ts";
import type { Answers } from "./read-answers.ts";

const RUNS = "/v1/programs/orbit/payouts/runs";
const LEO = "/v1/programs/orbit/affiliates/leo";

type Change = [path: string, was: unknown, is: unknown];

const STEPS: Record<string, Change[]> = {
  "run of orbit: pay by another key": [["paid.USD.amount", 42_400, 36_400]],
};

const answersOf = (run: string): Record<string, Change[]> => ({
  [RUNS]: [["data.0.paid.USD.amount", 42_400, 36_400]],
  [`${RUNS}/${run}/statements`]: [
    ["data.1.entries", 3, 4],
    ["data.1.total", 15_000, 9_000],
    ["data.1.payable", 15_000, 9_000],
  ],
  [`${RUNS}/${run}/reconciliation`]: [["statements.2.amount", 42_400, 36_400]],
  [LEO]: [
    ["balances.due", -5_257, 743],
    ["balances.paid", 28_500, 22_500],
    ["balances_by_currency.0.due", -5_257, 743],
    ["balances_by_currency.0.paid", 28_500, 22_500],
    ["next_payout.parts.0.total", -5_257, 743],
    ["next_payout.parts.0.payable", 0, 743],
    ["next_payout.parts.0.blocked", [{ code: "negative" }], []],
  ],
  [`${LEO}/statements`]: [
    ["data.0.entries", 3, 4],
    ["data.0.total", 15_000, 9_000],
    ["data.0.payable", 15_000, 9_000],
  ],
  [`${LEO}/ledger`]: [["20.amount", -15_000, -9_000]],
  "files of orbit 2026-06": [
    ["data.0.total", 42_400, 36_400],
    [
      "data.0.sha256",
      "c05238d9bc145adf9446f5e60277cfd230c71d9958882f18bd734ca47ef0e692",
      "01cfedfa3ab0b303451659a8846a2fa2c8738fe21bd22471a074b8164029676d",
    ],
    ["texts.0", /(?<=^leo@pay\.example,)150\.00/m, "90.00"],
  ],
});

/** Replaces what the old release answered by what is right today. Throws if it didn't answer what it is said to have. */
export function lowerPayout({ steps, answers, run }: { steps: Steps; answers: Answers; run: string }): void {
  for (const [name, changes] of Object.entries(STEPS)) {
    for (const change of changes) replace((steps[name] as Json).body, change);
  }
  for (const [name, changes] of Object.entries(answersOf(run))) {
    for (const change of changes) replace(answers[name]?.body, change);
  }
}

function replace(body: Json, [path, was, is]: Change): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const parent = keys.reduce((inner: Json, key) => inner[key], body);
  const before = parent[last];
  const isSaid = was instanceof RegExp ? was.test(before) : JSON.stringify(before) === JSON.stringify(was);
  if (!isSaid) throw new Error(`The old release answered ${JSON.stringify(before)} at ${path}.`);
  parent[last] = was instanceof RegExp ? before.replace(was, is) : is;
}
