/** Compares what is stored after the kills with what is expected: through the API and in the objects' own files. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { commissionAfterRefunds, type Expected } from "./kills-histories.ts";
import { call, PROGRAM } from "./set-up.ts";
import type { RunningWorker } from "./workers.ts";

interface ConversionView extends Expected {
  id: string;
  payment: string | null;
  product: string | null;
}

interface EntryView {
  kind: string;
  amount: number;
  conversion: string;
}

/** The result of the comparison. */
export interface Findings {
  conversions: number;
  entries: number;
  /** The sum of all affiliates' entries, and what it must be, in minor units. */
  ledger: number;
  ledger_expected: number;
  /** The number of differences of each kind. `differences` lists them. */
  lost: number;
  duplicated: number;
  wrong: number;
  differences: string[];
}

/** Compares each conversion and its ledger entries with what is expected. `expected` is by payment, or by a lead's product. */
export async function compareAll(
  worker: RunningWorker,
  expected: ReadonlyMap<string, Expected>,
  affiliates: readonly string[],
): Promise<Findings> {
  const stored: ConversionView[] = await listAll(worker, `conversions?program=${PROGRAM}&limit=200`);
  const found = Map.groupBy(stored, ({ payment, product }) => payment ?? product ?? "");
  const entries = new Map<string, EntryView[]>();
  for (const affiliate of affiliates) {
    const path = `programs/${PROGRAM}/affiliates/${affiliate}/entries?limit=200`;
    const own: EntryView[] = await listAll(worker, path);
    for (const [conversion, parts] of Map.groupBy(own, (entry) => entry.conversion)) {
      entries.set(`${affiliate} ${conversion}`, parts);
    }
  }
  const findings: Findings = {
    conversions: stored.length,
    entries: [...entries.values()].flat().length,
    ledger: sum([...entries.values()].flat().map(({ amount }) => amount)),
    ledger_expected: 0,
    lost: 0,
    duplicated: 0,
    wrong: 0,
    differences: [],
  };
  const differ = (kind: "lost" | "duplicated" | "wrong", text: string) => {
    findings[kind] += 1;
    findings.differences.push(`${kind}: ${text}`);
  };
  for (const [name, wanted] of expected) {
    const [conversion, ...more] = found.get(name) ?? [];
    if (wanted.attributed_to !== null && wanted.type === "sale")
      findings.ledger_expected += commissionAfterRefunds(wanted);
    if (conversion === undefined) differ("lost", name);
    else if (more.length > 0) differ("duplicated", `${name} has ${1 + more.length} conversions`);
    else for (const text of listWrong(conversion, wanted, entries, affiliates)) differ("wrong", `${name}: ${text}`);
  }
  for (const name of found.keys()) if (!expected.has(name)) differ("duplicated", `${name} was never sent`);
  return findings;
}

function listWrong(
  conversion: ConversionView,
  wanted: Expected,
  entries: ReadonlyMap<string, EntryView[]>,
  affiliates: readonly string[],
): string[] {
  const fields = ["type", "status", "amount", "refunded", "attributed_to"] as const;
  const wrong = fields
    .filter((field) => conversion[field] !== wanted[field])
    .map((field) => `${field} is ${conversion[field]}, not ${wanted[field]}`);
  for (const affiliate of affiliates) {
    const own = entries.get(`${affiliate} ${conversion.id}`) ?? [];
    const kept = wanted.type === "sale" && wanted.attributed_to === affiliate ? commissionAfterRefunds(wanted) : 0;
    const has = sum(own.map(({ amount }) => amount));
    if (has !== kept) wrong.push(`${affiliate} earned ${has} from it, not ${kept}`);
    const commissions = own.filter(({ kind }) => kind === "commission").length;
    if (commissions > 1) wrong.push(`${affiliate} has ${commissions} commissions from it`);
  }
  return wrong;
}

// biome-ignore lint/suspicious/noExplicitAny: the caller names the type.
async function listAll(worker: RunningWorker, path: string): Promise<any[]> {
  const rows: unknown[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { data: unknown[]; next: string | null } = await call(
      worker,
      cursor === "" ? path : `${path}&cursor=${encodeURIComponent(cursor)}`,
    );
    rows.push(...page.data);
    cursor = page.next;
  }
  return rows;
}

/** Counts deliveries that are not processed yet, and objects with messages that are not relayed yet. */
export async function countOpen(worker: RunningWorker): Promise<number> {
  const db = await worker.openDatabase();
  const open = await db
    .prepare(
      `SELECT (SELECT count(*) FROM deliveries WHERE next_at IS NOT NULL)
         + (SELECT count(*) FROM delivery_waits) + (SELECT count(*) FROM unrelayed_customers) AS n`,
    )
    .first<number>("n");
  return open ?? 0;
}

/** What the objects' own files contain. */
export interface ObjectFindings {
  customers: number;
  /** Messages of customers and accounts that were not relayed. */
  unsent: number;
  /** Customer objects that were merged into another. */
  merged: number;
  /** Events that no object has, except those merged into another. */
  lost: string[];
  /** Events that several objects have, except those merged into another. */
  duplicated: string[];
}

/** Looks for each event in the files of all Customer objects. The Worker must have ended. */
export function readObjectFiles(folder: string, events: Iterable<string>): ObjectFindings {
  const holders = new Map<string, number>();
  let unsent = 0;
  let merged = 0;
  const filesOf = (name: string) =>
    globSync(join(folder, `do/*-${name}/*.sqlite`)).filter((file) => !file.endsWith("metadata.sqlite"));
  const customers = filesOf("Customer");
  for (const file of [...customers, ...filesOf("Account")]) {
    const db = new DatabaseSync(file);
    const tables = new Set(
      db
        .prepare("SELECT name FROM sqlite_schema")
        .all()
        .map((row) => String(row.name)),
    );
    if (tables.has("outbox")) unsent += Number(db.prepare("SELECT count(*) AS n FROM outbox").get()?.n);
    if (tables.has("facts")) {
      const isMerged = db.prepare("SELECT 1 FROM settings WHERE name = 'merged_into'").get() !== undefined;
      if (isMerged) merged += 1;
      else {
        for (const { id } of db.prepare("SELECT id FROM facts").all()) {
          const event = String(id).slice(String(id).indexOf(":") + 1);
          holders.set(event, (holders.get(event) ?? 0) + 1);
        }
      }
    }
    db.close();
  }
  const sent = [...new Set(events)];
  return {
    customers: customers.length,
    unsent,
    merged,
    lost: sent.filter((event) => !holders.has(event)),
    duplicated: sent.filter((event) => (holders.get(event) ?? 0) > 1),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
