/** What is stored after the kills, held against what histories must come to: by the API, and by the objects' own files. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Expected, keptOf } from "./histories.ts";
import { call, PROGRAM } from "./link.ts";
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

/** What was found. */
export interface Findings {
  conversions: number;
  entries: number;
  /** Of all affiliates' entries, minor units, and what it must be. */
  ledger: number;
  ledger_expected: number;
  /** By kind, how often; the differences name each. */
  lost: number;
  doubled: number;
  wrong: number;
  differences: string[];
}

/** Compares each conversion and what its affiliate has of it with what is expected, which is by payment or lead's product. */
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
    doubled: 0,
    wrong: 0,
    differences: [],
  };
  const differ = (kind: "lost" | "doubled" | "wrong", text: string) => {
    findings[kind] += 1;
    findings.differences.push(`${kind}: ${text}`);
  };
  for (const [name, wanted] of expected) {
    const [conversion, ...more] = found.get(name) ?? [];
    if (wanted.attributed_to !== null && wanted.type === "sale") findings.ledger_expected += keptOf(wanted);
    if (conversion === undefined) differ("lost", name);
    else if (more.length > 0) differ("doubled", `${name} is ${1 + more.length} conversions`);
    else for (const text of listWrong(conversion, wanted, entries, affiliates)) differ("wrong", `${name}: ${text}`);
  }
  for (const name of found.keys()) if (!expected.has(name)) differ("doubled", `${name} was never told of`);
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
    const kept = wanted.type === "sale" && wanted.attributed_to === affiliate ? keptOf(wanted) : 0;
    const has = sum(own.map(({ amount }) => amount));
    if (has !== kept) wrong.push(`${affiliate} has ${has} of it, not ${kept}`);
    const commissions = own.filter(({ kind }) => kind === "commission").length;
    if (commissions > 1) wrong.push(`${affiliate} has ${commissions} commissions of it`);
  }
  return wrong;
}

// biome-ignore lint/suspicious/noExplicitAny: read for what its caller says it is.
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

/** Deliveries that are still to be taken up, and objects that D1 knows to have something to relay. */
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

/** What lies in the objects' own files, once the Worker that had them open has ended. */
export interface ObjectFindings {
  customers: number;
  /** Messages that were not relayed, of customers and of accounts. */
  unsent: number;
  /** Objects, among the customers, whose customer turned out to be another one's. */
  merged: number;
  /** Events that no object has which still holds its customer. */
  lost: string[];
  /** Events that several of these have. */
  doubled: string[];
}

/** Looks for each event in the files of all Customer objects. */
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
  const told = [...new Set(events)];
  return {
    customers: customers.length,
    unsent,
    merged,
    lost: told.filter((event) => !holders.has(event)),
    doubled: told.filter((event) => (holders.get(event) ?? 0) > 1),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
