/** A ledger as a downloadable file, with instructions for verifying it. */

import { listOwnRates } from "../affiliates/own-rates-queries.ts";
import type { Database } from "../db/database.ts";
import type { Env } from "../env.ts";
import { describeRules, withGroupNames } from "../programs/describe-rule.ts";
import { loadGroupNames } from "../programs/group-queries.ts";
import type { RateRule } from "../programs/terms.ts";
import { listVersions } from "../programs/terms-queries.ts";
import { canonicalText } from "./chain.ts";
import { accountKeyOf, type LedgerEntry } from "./ledger.ts";

const PAGE = 1_000;

/** The owner of a ledger, with public names. */
export interface LedgerOwner {
  program: { id: number; slug: string; currency: string };
  affiliate: { id: number; username: string };
}

/** How to verify a ledger; part of the first line. */
const RECIPE =
  "Every line after this one is an entry, in order; numbers are 1, 2, 3 … without a gap. Take its fields but hash, leave " +
  "out those that are null, write them as JSON by RFC 8785 (keys sorted, no spaces, UTF-8). The entry's hash is the SHA-256, " +
  "in hex, of the hash of the entry before (64 zeros for the first), a line feed, and that text. The last hash is the head: " +
  "note it down, and a later file must hold it at the same number. In Python: import json, hashlib, sys; h = '0' * 64; " +
  "next(sys.stdin); [(h := hashlib.sha256((h + chr(10) + json.dumps({k: v for k, v in e.items() if k != 'hash' and v is not " +
  "None}, sort_keys=True, separators=(',', ':'), ensure_ascii=False)).encode()).hexdigest()) == e['hash'] or " +
  "sys.exit('broken at %d' % e['number']) for e in map(json.loads, sys.stdin)]; print('whole', h)";

/** The meaning of an entry's `rule`; part of the first line, since entries must stay exactly as hashed. */
const READING =
  "rules holds the rules of each version of the terms in words; an entry's rule is a place in the list of its terms_version, " +
  "counted from 0. If the entry has own_rates_from, rule is a place in the affiliate's own rates from that time on, which are in " +
  "own_rates.";

/**
 * Writes the ledger from the Account object as NDJSON, oldest first. The first line has the owner, the end of the chain
 * and instructions; then one entry per line. Times are milliseconds since the epoch, amounts minor units.
 */
export async function writeLedger(
  db: Database,
  accounts: Env["ACCOUNTS"],
  { program, affiliate }: LedgerOwner,
): Promise<ReadableStream<Uint8Array>> {
  const account = accounts.getByName(accountKeyOf({ program_id: program.id, affiliate_id: affiliate.id }));
  const [head, versions, groups, own] = await Promise.all([
    account.readHead(),
    listVersions(db, program.id),
    loadGroupNames(db, program.id),
    listOwnRates(db, { program_id: program.id, affiliate_id: affiliate.id }),
  ]);
  const describe = (rates: readonly RateRule[]) => describeRules(withGroupNames(rates, groups), program.currency);
  const rules = versions.map(({ version, terms }) => [version, describe(terms.rates)]);
  const own_rates = own.flatMap(({ from, rates }) => (rates === null ? [] : [[from, describe(rates)]]));
  const utf8 = new TextEncoder();
  let last = 0;
  let lines: string[] = [
    JSON.stringify({
      format: "lastclick-ledger-1",
      program: program.slug,
      affiliate: affiliate.username,
      ...head,
      check: RECIPE,
      reading: READING,
      rules: Object.fromEntries(rules),
      own_rates: Object.fromEntries(own_rates),
    }),
  ];
  return new ReadableStream({
    async pull(stream) {
      if (lines.length === 0) {
        // Entries posted during the download come after the head and are left out.
        const entries = await account.readEntries(last, Math.min(PAGE, head.entries - last));
        last += entries.length;
        lines = entries.map(writeEntry);
      }
      if (lines.length === 0) return stream.close();
      stream.enqueue(utf8.encode(`${lines.join("\n")}\n`));
      lines = [];
    },
  });
}

/** Responds with the ledger as a file download. */
export async function answerLedger(db: Database, accounts: Env["ACCOUNTS"], owner: LedgerOwner): Promise<Response> {
  const name = `${owner.program.slug}-${owner.affiliate.username}-ledger.ndjson`;
  return new Response(await writeLedger(db, accounts, owner), {
    headers: {
      "Content-Type": "application/x-ndjson; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name}"`,
    },
  });
}

function writeEntry(entry: LedgerEntry): string {
  const { hash } = entry;
  return canonicalText(entry).replace(/\}$/, `,"hash":${JSON.stringify(hash)}}`);
}

/** Yields all entries of an account, page by page. */
export async function readWholeLedger(
  accounts: Env["ACCOUNTS"],
  account: { program_id: number; affiliate_id: number },
): Promise<LedgerEntry[]> {
  const object = accounts.getByName(accountKeyOf(account));
  const entries: LedgerEntry[] = [];
  for (let more = true; more; ) {
    const page: LedgerEntry[] = await object.readEntries(entries.at(-1)?.number ?? 0, PAGE);
    entries.push(...page);
    more = page.length === PAGE;
  }
  return entries;
}
