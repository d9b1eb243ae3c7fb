/** `/app/account/data.json`: all data about an affiliate, streamed while it is read. */
import { listOwnApplications } from "../../applications/application-store.ts";
import { readEntries } from "../../commissions/entry-queries.ts";
import { viewCreditedConversion } from "../../conversions/portal/view.ts";
import { readTouched } from "../../conversions/touched-queries.ts";
import type { Database } from "../../db/database.ts";
import type { List, PageRequest } from "../../lib/paging.ts";
import { readChoices } from "../../notifications/notification-store.ts";
import { readPayee } from "../../payouts/payees/payee-store.ts";
import { readStatements } from "../../payouts/statements/queries.ts";
import { type AffiliateProgram, readAffiliatePrograms } from "../enrollment-queries.ts";
import { listMoves } from "../group-store.ts";
import { listOwnRates } from "../own-rates-queries.ts";
import {
  readClickDays,
  readConversionRecords,
  readCoupons,
  readLinks,
  readProfile,
  readStatuses,
} from "./data-export-queries.ts";

const PAGE_SIZE = 1_000;

/**
 * Yields the parts of a JSON object. About other affiliates it contains only what the portal shows: the usernames of referred
 * affiliates that earn it second-tier commission. It contains no customer data.
 */
export async function* writeDataExport(
  db: Database,
  vaultKey: Uint8Array<ArrayBuffer>,
  affiliateId: number,
  now: number,
): AsyncGenerator<string, void> {
  const [person, payee, programs, notifications, applications] = await Promise.all([
    readProfile(db, affiliateId, now),
    readPayee(db, vaultKey, affiliateId),
    readAffiliatePrograms(db, affiliateId),
    readChoices(db, affiliateId),
    listOwnApplications(db, affiliateId),
  ]);
  const made_at = new Date(now).toISOString();
  const { tax_form, changes, ...payment } = payee;
  const head = {
    format: "lastclick-data-1",
    made_at,
    ...person,
    payment: { ...payment, changed_at: toTime(payment.changed_at) },
    payment_changes: changes.map((change) => ({ ...change, changed_at: toTime(change.changed_at) })),
    notifications,
    applications: applications.map((row) => ({
      ...row,
      created_at: toTime(row.created_at),
      confirmed_at: toTime(row.confirmed_at),
      decided_at: toTime(row.decided_at),
    })),
    tax_form: tax_form && { ...tax_form, received_at: toTime(tax_form.received_at) },
  };
  yield `${openObject(head)},\n"programs":[`;
  for (const [n, program] of programs.entries()) {
    if (n > 0) yield ",";
    yield* writeProgram(db, program, affiliateId);
  }
  yield "]}\n";
}

async function* writeProgram(db: Database, program: AffiliateProgram, affiliateId: number): AsyncGenerator<string> {
  const account = { program_id: program.id, affiliate_id: affiliateId };
  const { slug, name, currency, status } = program;
  const [statuses, coupons, moves, rates] = await Promise.all([
    readStatuses(db, account),
    readCoupons(db, account),
    listMoves(db, account),
    listOwnRates(db, account),
  ]);
  const groups = moves.map(({ group, from }) => ({ group, from: toTime(from) }));
  const own_rates = rates.map((row) => ({ ...row, from: toTime(row.from) }));
  yield `\n${openObject({ program: slug, name, currency, status, statuses, groups, coupons, own_rates })}`;
  yield* writeList("links", (page) => readLinks(db, account, page));
  yield* writeList("clicks_by_day", (page) => readClickDays(db, account, page));
  yield* writeList("conversions", async (page) => {
    const { data, next } = await readConversionRecords(db, account, page);
    return { data: data.map((record) => viewCreditedConversion(record, affiliateId)), next };
  });
  yield* writeList("touched_conversions", (page) => readTouched(db, account, page));
  yield* writeList("ledger", (page) => readEntries(db, { program, affiliate_id: affiliateId }, page, "affiliate"));
  yield* writeList("statements", (page) => readStatements(db, account, page));
  yield "}";
}

/** Yields a list member of the object. Each page is written before the next one is read. */
async function* writeList(name: string, read: (page: PageRequest) => Promise<List<unknown>>): AsyncGenerator<string> {
  yield `,\n${JSON.stringify(name)}:[`;
  let cursor: string | null = null;
  do {
    const { data, next }: List<unknown> = await read({ limit: PAGE_SIZE, cursor });
    const rows = data.map((row) => JSON.stringify(row)).join(",\n");
    if (rows !== "") yield `${cursor === null ? "\n" : ",\n"}${rows}`;
    cursor = next;
  } while (cursor !== null);
  yield "]";
}

/** An object's JSON without the closing brace, so that more members can follow. */
function openObject(members: object): string {
  return JSON.stringify(members).slice(0, -1);
}

function toTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** A byte stream of the parts, with backpressure. An error aborts the download. */
export function streamText(parts: AsyncGenerator<string, void>): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  return new ReadableStream({
    async pull(stream) {
      const { done, value } = await parts.next();
      if (done) stream.close();
      else stream.enqueue(utf8.encode(value));
    },
    async cancel() {
      await parts.return();
    },
  });
}
