/** src/docs/errors.md against the source: each code is documented with its statuses, and each documented one exists. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const matches = (file: string, pattern: RegExp) => [...read(file).matchAll(pattern)].map(([, found = ""]) => found);
/** The members of a union of strings, such as `export type X = "a" | "b";`. */
const union = (file: string, name: string) => {
  const [, members = ""] = new RegExp(`\\b${name}(?: =|:)([^;]*);`).exec(read(file)) ?? [];
  return [...members.matchAll(/"(\w+)"/g)].map(([, member = ""]) => member);
};

/** Stands for the codes of all fields. */
const OF_A_FIELD = "invalid_<field>";

/** Codes that aren't written where the error is thrown, by file and expression. */
const COMPUTED: Readonly<Record<string, () => string[]>> = {
  "src/api/layout/find-records.ts: `${what}_not_found`": () =>
    [...new Set(matches("src/api/layout/find-records.ts", /missing\("(\w+)"/g))].map((what) => `${what}_not_found`),
  "src/clicks/counts/count-check-api.ts: error.code": () => union("src/clicks/archive/queries.ts", "readonly code"),
  "src/conversions/dispute-api.ts: error": () =>
    matches("src/conversions/dispute-api.ts", /case "(\w+)":\s+return new Problem\(\d+, error,/g),
  "src/lib/validation.ts: first.code": () => [OF_A_FIELD, "unknown_field"],
  "src/payouts/runs/api.ts: decided": () => union("src/payouts/runs/run.ts", "type RunRefusal"),
  "src/webhooks/receive/routes.ts: code": () =>
    matches("src/webhooks/receive/routes.ts", /trackingKeyNeeded\("(\w+)"\)/g),
};

/** Pages show their errors in words. */
const sources = globSync("src/**/*.{ts,tsx}", { cwd: ROOT }).filter((file) => !/\/(portal|console)\//.test(file));

const PROBLEM = /new Problem\(\s*([^,]+?),\s*("[^"]*"|`[^`]*`|[^,;]+?)\s*,/g;

interface Thrown {
  file: string;
  status: string;
  expression: string;
}

const thrown: Thrown[] = sources.flatMap((file) => {
  const text = read(file);
  const found = [...text.matchAll(PROBLEM)].map(([, status = "", expression = ""]) => ({ file, status, expression }));
  const all = text.match(/new Problem\(/g)?.length ?? 0;
  if (found.length !== all) throw new Error(`${file}: an error's status and code can't be read from its source`);
  return found;
});

const isWritten = ({ expression }: Thrown) => /^"\w+"$/.test(expression);
const isOfField = ({ expression }: Thrown) => /^(codeOfField\(|`invalid_\$\{)/.test(expression);
const computedOf = (one: Thrown) => (isOfField(one) ? () => [OF_A_FIELD] : COMPUTED[`${one.file}: ${one.expression}`]);

/** The statuses of each code, and of those that are made from names: all of those that their place has. */
const statuses = new Map<string, Set<string>>();
for (const one of thrown) {
  const codes = isWritten(one) ? [one.expression.slice(1, -1)] : (computedOf(one)?.() ?? []);
  for (const code of codes) statuses.set(code, (statuses.get(code) ?? new Set()).add(one.status));
}

interface Row {
  code: string;
  statuses: string[];
}

/** The tables of the page, each with its rows: those whose first cell is a code. */
const tables: Row[][] = read("src/docs/errors.md")
  .split(/\n\n+/)
  .map((block) =>
    [...block.matchAll(/^\| `([\w<>]+)` \|([^|]*)\|/gm)].map(([, code = "", cell = ""]) => ({
      code,
      statuses: cell.match(/\b\d{3}\b/g) ?? [],
    })),
  )
  .filter((rows) => rows.length > 0);
const rows = tables.flat();
const documented = new Set(rows.map(({ code }) => code));

test("each error's code is written in its place, or listed in this file", () => {
  const unknown = thrown.filter((one) => !isWritten(one) && computedOf(one) === undefined);
  expect(unknown.map(({ file, expression }) => `${file}: ${expression}`)).toEqual([]);
  const used = new Set(thrown.map(({ file, expression }) => `${file}: ${expression}`));
  expect(Object.keys(COMPUTED).filter((key) => !used.has(key))).toEqual([]);
  for (const [key, codes] of Object.entries(COMPUTED)) expect(codes(), key).not.toEqual([]);
  expect(statuses.size).toBeGreaterThan(120);
});

test("the page has each code", () => {
  // Fields have one row for all of them.
  const missing = [...statuses.keys()].filter((code) => !documented.has(code) && !code.startsWith("invalid_"));
  expect(missing).toEqual([]);
});

/** The codes of rows in an answer of 200. */
const OF_ROWS = [
  ...union("src/payouts/files/read-results.ts", "code"),
  ...union("src/payouts/files/judge-results.ts", "code"),
];

test("the page has each code of a row of a payment report", () => {
  expect(OF_ROWS.length).toBeGreaterThan(5);
  expect(OF_ROWS.filter((code) => !documented.has(code))).toEqual([]);
});

test("the page has no code that isn't in the source, and none twice", () => {
  const gone = rows.filter(({ code }) => !statuses.has(code) && !OF_ROWS.includes(code));
  expect(gone).toEqual([]);
  expect(rows).toHaveLength(documented.size);
});

test("the page states each code's statuses", () => {
  const wrong = rows.filter(({ code, statuses: stated }) => {
    const known = [...(statuses.get(code) ?? [])];
    const isMade = !thrown.some(({ expression }) => expression === `"${code}"`);
    const isComplete = isMade || known.every((status) => stated.includes(status));
    return (
      !OF_ROWS.includes(code) && !(stated.length > 0 && isComplete && stated.every((each) => known.includes(each)))
    );
  });
  expect(wrong.map(({ code }) => [code, [...(statuses.get(code) ?? [])]])).toEqual([]);
});

test("the rows of a table are in alphabetical order", () => {
  for (const table of tables) {
    const codes = table.map(({ code }) => code);
    expect(codes).toEqual(codes.toSorted());
  }
});
