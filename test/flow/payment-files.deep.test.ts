/** The files of a run with 10,000 affiliates, created in one request. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readSettings } from "../../src/env.ts";
import { readCsv } from "../../src/lib/csv.ts";
import { openSealer } from "../../src/lib/platform/vault.ts";
import { packDetails } from "../../src/payouts/payees/payment-details.ts";
import { admin, setUp } from "../support/story.ts";
import { download } from "./pay-day.ts";

const AFFILIATES = 10_000;
const FIRST_ID = 100_000;
const ROWS_A_STATEMENT = 1_000;

/** Inserts rows into a table, a thousand at a time. */
async function insert(table: string, rows: Record<string, unknown>[]): Promise<void> {
  const names = Object.keys(rows[0] ?? {});
  const values = names.map((name) => `value ->> '$.${name}'`).join(", ");
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    await env.DB.prepare(`INSERT INTO ${table} (${names.join(", ")}) SELECT ${values} FROM json_each(?)`)
      .bind(JSON.stringify(rows.slice(from, from + ROWS_A_STATEMENT)))
      .run();
  }
}

test("each affiliate is paid once, in files of at most 5,000 rows that add up to the run", {
  tags: ["deep"],
}, async () => {
  const { program } = await setUp({ affiliates: 1 });
  const programId = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first<number>("id");
  const sealer = await openSealer(readSettings(env).vault_key, "payment details");
  const ids = Array.from({ length: AFFILIATES }, (_, index) => FIRST_ID + index);
  await insert(
    "affiliates",
    ids.map((id) => ({ id, username: `large${id}`, name: "A", email: `large${id}@example.com`, created_at: 0 })),
  );
  const sealed = ids.map(async (affiliate_id) => ({
    affiliate_id,
    version: 1,
    changed_at: 0,
    changed_by: "merchant",
    method: "paypal",
    masked: "l•••@example.com",
    sealed_details: await sealer.seal(
      `payee ${affiliate_id}`,
      packDetails({ method: "paypal", email: `large${affiliate_id}@example.com`, address: null }),
    ),
  }));
  await insert("payees", await Promise.all(sealed));
  await insert(
    "statements",
    ids.map((id) => ({
      id: `st_${programId}_${id}_1`,
      program_id: programId,
      affiliate_id: id,
      number: 1,
      run_id: "run_large",
      status: "drafted",
      currency: "USD",
      payable: id,
      revision: 1,
      statement: "{}",
    })),
  );
  const amount = ids.reduce((sum, id) => sum + id, 0);
  const tally = { statements: AFFILIATES, payments: AFFILIATES, amount, carried: 0 };
  await insert("payout_runs", [
    {
      id: "run_large",
      program_id: programId,
      month: "2026-03",
      status: "approved",
      cursor: 0,
      terms_version: 1,
      payout: "{}",
      drafted_at: 1,
      progress: JSON.stringify({ affiliates: AFFILIATES, drafted: { USD: tally }, paid: {}, blocked: {}, busy: 0 }),
      created_by: "first",
      approvals: JSON.stringify([{ key: "first", at: 2 }]),
    },
  ]);
  const run = `/v1/programs/${program}/payouts/runs/run_large`;
  const { json } = await admin("GET", `${run}/files`);
  expect(json.left_out).toEqual([]);
  expect(json.data.map(({ rows }: { rows: number }) => rows)).toEqual([5_000, 5_000]);
  expect(json.data.reduce((sum: number, { total }: { total: number }) => sum + total, 0)).toBe(amount);
  const recipients = new Set<string>();
  for (const { name, rows } of json.data) {
    const { text } = await download(`${run}/files/${name}`);
    const read = readCsv(text).rows;
    expect(read).toHaveLength(rows);
    for (const { cells } of read) recipients.add(cells[0] ?? "");
  }
  expect(recipients.size).toBe(AFFILIATES);
});
