/** Copies what a program's objects hold to R2, and back into empty objects. */
import * as v from "valibot";
import { listAccountsBySponsor } from "../../affiliates/enrollment-queries.ts";
import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { commitChange } from "../../api/layout/commit-change.ts";
import { findProgram } from "../../api/layout/find-records.ts";
import { toIsoTime } from "../../api/layout/format-time.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { readPage } from "../../api/layout/read-page.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { readHead } from "../../db/object-backup.ts";
import { pageOf } from "../../lib/paging.ts";
import { Problem } from "../../lib/problem.ts";
import { isErasedKey } from "../../webhooks/conversion-event.ts";
import { listAllCustomers, listMergedCustomers } from "../../webhooks/identity/customer-queries.ts";
import {
  BACKUP_ID,
  type BackupKind,
  finishBackup,
  isFinished,
  listBackups,
  listObjects,
  makeBackupId,
  readObject,
  requireBucket,
  storeObject,
} from "./backup-store.ts";

/** Objects a step: each takes two calls, and an invocation may make 1,000. */
const OBJECTS_A_STEP = 100;
/** Objects that are copied at the same time; R2 takes six connections of an invocation. */
const OBJECTS_AT_ONCE = 6;

const BACKUP_CURSOR = /^(\d{8}T\d{9}Z):(customers|accounts):(.{0,400})$/;
const RESTORE_CURSOR = /^(accounts|customers|merged):(.{0,400})$/;

/** The `next` of the step before. */
const cursorOf = (pattern: RegExp) =>
  v.optional(v.nullable(v.pipe(v.string(), v.regex(pattern, "is not a cursor"))), null);
const backupStep = v.strictObject({ cursor: cursorOf(BACKUP_CURSOR) });
const restoreStep = v.strictObject({ cursor: cursorOf(RESTORE_CURSOR) });

export function addBackupRoutes(app: ApiApp): void {
  app.get("/programs/:program/backups", permit("backups"), allowQuery(...PAGING), async (c) => {
    const { slug } = await findProgram(c.var.db, c.req.param("program"));
    const { limit, cursor } = readPage(c.req.query(), BACKUP_ID);
    const rows = await listBackups(requireBucket(c.env.ARCHIVE), slug, cursor, limit + 1);
    const view = ({ backup, finished_at }: (typeof rows)[number]) => ({ backup, finished_at: toIsoTime(finished_at) });
    return c.json(pageOf(rows, limit, view, ({ backup }) => backup));
  });

  app.post("/programs/:program/backups", permit("backups"), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { cursor } = await readJson(c.req, backupStep);
    const bucket = requireBucket(c.env.ARCHIVE);
    const [, backup = makeBackupId(c.var.now), kind = "customers", after = ""] = BACKUP_CURSOR.exec(cursor ?? "") ?? [];
    const { copied, next } =
      kind === "customers"
        ? await copyCustomers(c, bucket, { program, backup, after })
        : await copyAccounts(c, bucket, { program, backup, after });
    if (next === null) await finishBackup(bucket, program.slug, backup);
    return c.json({ backup, copied, next: next === null ? null : `${backup}:${next}` });
  });

  app.post("/programs/:program/backups/:backup/restore", permit("backups"), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const backup = c.req.param("backup");
    const { cursor } = await readJson(c.req, restoreStep);
    const bucket = requireBucket(c.env.ARCHIVE);
    if (!(await isFinished(bucket, program.slug, backup))) {
      throw new Problem(404, "backup_not_found", `There is no complete backup "${backup}".`);
    }
    const [, stage = "accounts", after = ""] = RESTORE_CURSOR.exec(cursor ?? "") ?? [];
    const kind = stage === "customers" ? "customers" : "accounts";
    const step =
      stage === "merged"
        ? await joinMerged(c, program.id, after)
        : await restoreObjects(c, bucket, { program: program.slug, backup, kind }, after);
    const body = { backup, ...step };
    if (cursor !== null) return c.json(body);
    const subject = { program_id: program.id, subject_type: "backup", subject: backup };
    const change = { action: "backup.restored", ...subject, before: null, after: {} };
    return commitChange(c, [], [change], { status: 200, body });
  });
}

interface CopyStep {
  program: { id: number; slug: string };
  backup: string;
  after: string;
}

/**
 * Customers come before accounts: what a customer has sent by then is in its account's copy, and what it hasn't is still in its
 * own outbox, and accounts ignore what they have.
 */
async function copyCustomers(c: ApiCall, bucket: R2Bucket, { program, backup, after }: CopyStep) {
  const keys = await listAllCustomers(c.var.db, program.id, after, OBJECTS_A_STEP);
  const folder = { program: program.slug, backup, kind: "customers" } as const;
  await forEachOf(keys, async (key) =>
    storeObject(bucket, folder, key, await c.env.CUSTOMERS.getByName(key).readBackup()),
  );
  return { copied: keys.length, next: keys.length < OBJECTS_A_STEP ? "accounts:" : `customers:${keys.at(-1)}` };
}

/** Affiliates come before their sponsors, for the same reason. */
async function copyAccounts(c: ApiCall, bucket: R2Bucket, { program, backup, after }: CopyStep) {
  const [depth, affiliate_id] = after === "" ? [] : after.split(".").map(Number);
  const last = depth === undefined || affiliate_id === undefined ? null : { depth, affiliate_id };
  const accounts = await listAccountsBySponsor(c.var.db, program.id, last, OBJECTS_A_STEP);
  const folder = { program: program.slug, backup, kind: "accounts" } as const;
  await forEachOf(accounts, async (account) => {
    const key = accountKeyOf(account);
    await storeObject(bucket, folder, key, await c.env.ACCOUNTS.getByName(key).readBackup());
  });
  const end = accounts.at(-1);
  const isLast = end === undefined || accounts.length < OBJECTS_A_STEP;
  return { copied: accounts.length, next: isLast ? null : `accounts:${end.depth}.${end.affiliate_id}` };
}

/** Accounts come first, so that what customers send afterwards finds them. */
async function restoreObjects(
  c: ApiCall,
  bucket: R2Bucket,
  folder: { program: string; backup: string; kind: BackupKind },
  after: string,
) {
  const names = await listObjects(bucket, folder, after, OBJECTS_A_STEP);
  const not_empty: string[] = [];
  await forEachOf(names, async (name) => {
    const packed = await readObject(bucket, folder, name);
    const { key } = await readHead(packed);
    const objects = folder.kind === "accounts" ? c.env.ACCOUNTS : c.env.CUSTOMERS;
    if (!(await objects.getByName(key).restoreBackup(packed))) not_empty.push(key);
  });
  const isLast = names.length < OBJECTS_A_STEP;
  const following = folder.kind === "accounts" ? "customers:" : "merged:";
  const next = isLast ? following : `${folder.kind}:${names.at(-1)}`;
  return { restored: names.length - not_empty.length, not_empty: not_empty.sort(), next };
}

/** A customer that was merged during the backup may be in its copy only, so each gives its history once more. */
async function joinMerged(c: ApiCall, program_id: number, after: string) {
  const merged = await listMergedCustomers(c.var.db, program_id, after, OBJECTS_A_STEP);
  await forEachOf(merged, async ({ key, merged_into }) => {
    if (!isErasedKey(merged_into)) await c.env.CUSTOMERS.getByName(key).handOver(merged_into);
  });
  return { restored: 0, not_empty: [], next: merged.length < OBJECTS_A_STEP ? null : `merged:${merged.at(-1)?.key}` };
}

async function forEachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += OBJECTS_AT_ONCE) {
    await Promise.all(items.slice(from, from + OBJECTS_AT_ONCE).map(work));
  }
}
