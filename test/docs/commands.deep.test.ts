/** Runs every command of the docs against `npm run dev`, in a folder and on ports of its own. */
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type CopiedProject, startCopy } from "./copied-project.ts";
import { type BlockResult, readState, runBlocks } from "./run-blocks.ts";
import { readShellBlocks, type ShellBlock } from "./shell-blocks.ts";

const DOCS = resolve(import.meta.dirname, "../../src/docs");
const QUICKSTART = "quickstart.md";
/** Every page continues from the quickstart; these from another page too. */
const CONTINUES: Readonly<Record<string, string>> = {
  "attribution.md": "checkouts/standard.md",
  "guides/non-expiring-cookies.md": "checkouts/standard.md",
};
/** A row of a bulk call that wasn't done. The call itself is answered with 200. */
const REFUSED_ROW = /"status":\s*[45]\d\d\b/;
/** The ports that the docs name. */
const PRINTED = { origin: "http://localhost:8787", shop_origin: "http://localhost:8788" };

const folder = mkdtempSync(join(tmpdir(), "lastclick-docs-"));
let project: CopiedProject;
/** The shell after each page, by the page's name. */
const states = new Map<string, string>();
/** The calls to other services, by the page's name. */
const outside = new Map<string, string>();

beforeAll(async () => {
  project = await startCopy(mkdtempSync(join(folder, "project-")));
}, 600_000);

afterAll(async () => {
  await project?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const read = (page: string) => readShellBlocks(readFileSync(join(DOCS, page), "utf8"));

async function run(page: string, blocks: readonly ShellBlock[], after?: string): Promise<BlockResult[]> {
  const scratch = mkdtempSync(join(folder, "page-"));
  const local = blocks.map(({ line, code }) => ({
    line,
    code: code.replaceAll(PRINTED.origin, project.origin).replaceAll(PRINTED.shop_origin, project.shop_origin),
  }));
  const state = after === undefined ? "" : (states.get(after) ?? "");
  const results = await runBlocks(local, { cwd: project.folder, scratch, state });
  const faults = results.filter(
    ({ exit_code, statuses, output }) =>
      exit_code !== 0 || statuses.some((each) => each >= 400) || REFUSED_ROW.test(output),
  );
  expect(faults, `commands of ${page} fail`).toEqual([]);
  expect(results).toHaveLength(blocks.length);
  states.set(page, readState(scratch));
  outside.set(page, results.flatMap((each) => each.outside).join("\n"));
  if (process.env.PRINT === "1") for (const each of results) console.log(page, each);
  return results;
}

test("the quickstart goes from nothing to a paid commission", { tags: ["deep"] }, async () => {
  const [start, ...blocks] = read(QUICKSTART);
  expect(start?.code).toBe("npm ci && npm run dev\n");
  const outputs = (await run(QUICKSTART, blocks)).map(({ output }) => output).join("\n");
  for (const line of [
    '"attributed_to": "ada"',
    '"reason": "last_click"',
    '"duplicate"',
    '"explanation": "30% of $100.00 by rule 1 of terms version 1: 30% of each payment."',
    '"due": 3000',
    '"total": 3000',
    "ada@example.com,30.00,USD,",
    '"status": "paid"',
    '"paid": 3000',
  ]) {
    expect(outputs).toContain(line);
  }
});

/** Pages that others continue from come first. */
const rank = (page: string) => (Object.values(CONTINUES).includes(page) ? 0 : 1);
const pages = globSync("**/*.md", { cwd: DOCS })
  .filter((page) => page !== QUICKSTART && read(page).length > 0)
  .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));

test("there are pages with commands", { tags: ["deep"] }, () => {
  expect(pages.length).toBeGreaterThan(35);
});

for (const page of pages) {
  test(`the commands of ${page} work as printed`, { tags: ["deep"] }, async () => {
    await run(page, read(page), CONTINUES[page] ?? QUICKSTART);
  });
}

test("the calls to other services create every webhook that their pages name", { tags: ["deep"] }, () => {
  const scopes = ["store/order/created", "store/order/updated", "store/order/refund/created"];
  const bigcommerce = outside.get("checkouts/bigcommerce.md") ?? "";
  for (const scope of scopes)
    expect(bigcommerce).toContain(`{"scope": "${scope}", "destination": "${project.origin}/v1/`);
  const kajabi = outside.get("checkouts/kajabi.md") ?? "";
  for (const event of ["payment_succeeded", "purchase", "form_submission"]) {
    expect(kajabi).toContain(`{"event": "${event}", "target_url": "${project.origin}/v1/webhooks/`);
  }
  const called = [...outside].filter(([, calls]) => calls !== "").map(([page]) => page);
  expect(called).toEqual(["checkouts/bigcommerce.md", "checkouts/kajabi.md"]);
});
