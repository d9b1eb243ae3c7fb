/** Copies what a program's objects hold to R2, and back into empty objects. */
import * as v from "valibot";
import { listAccountsBySponsor } from "../../affiliates/enrollment-queries.ts";
import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { commitChange } from "../../api/layout/commit-change.ts";
import { findProgram } from "../../api/layout/find-records.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { readPage } from "../../api/layout/read-page.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { readHead } from "../../db/object-backup.ts";
import { toIsoTime } from "../../lib/iso-time.ts";
import { pageOf } from "../../lib/paging.ts";
import { Problem } from "../../lib/problem.ts";
import { isErasedKey } from "../../webhooks/conversion-event.ts";
import { listAllCustomers, listMergedCustomers } from "../../webhooks/identity/customer-queries.ts";
import {
  BACKUP_ID,
  type BackupKind,
  type FinishedBackup,
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

/** The body of `POST …/backups`. */
export const backupStep = v.strictObject({ cursor: cursorOf(BACKUP_CURSOR) });
/** The body of `POST …/restore`. */
export const restoreStep = v.strictObject({ cursor: cursorOf(RESTORE_CURSOR) });

export function addBackupRoutes(app: ApiApp): void {
  app.get("/programs/:program/backups", permit("backups"), allowQuery(...PAGING), async (c) => {
    const { slug } = await findProgram(c.var.db, c.req.param("program"));
    const { limit, cursor } = readPage(c.req.query(), BACKUP_ID);
    const rows = await listBackups(requireBucket(c.env.ARCHIVE), slug, cursor, limit + 1);
    const view = ({ backup, finished_at }: FinishedBackup) => ({ backup, finished_at: toIsoTime(finished_at) });
    return c.json(pageOf(rows, limit, view, ({ backup }) => backup));
  });

  app.post("/programs/:program/backups", permit("backups"), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { cursor } = await readJson(c.req, backupStep);
    const bucket = requireBucket(c.env.ARCHIVE);
    const [, backup = makeBackupId(c.var.now), ...place] = BACKUP_CURSOR.exec(cursor ?? "") ?? [];
    const source: Source = { bucket, program_id: program.id, program: program.slug, backup };
    const { made, next } = await takeStep(c, source, COPY_STAGES, place);
    if (next === null) await finishBackup(bucket, program.slug, backup);
    const body = { backup, copied: made, next: next === null ? null : `${backup}:${next}` };
    return commitChange(c, [], cursor === null ? [changeOf(source, "started")] : [], { status: 200, body });
  });

  app.post("/programs/:program/backups/:backup/restore", permit("backups"), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const backup = c.req.param("backup");
    const { cursor } = await readJson(c.req, restoreStep);
    const bucket = requireBucket(c.env.ARCHIVE);
    if (!(await isFinished(bucket, program.slug, backup))) {
      throw new Problem(404, "backup_not_found", `There is no complete backup "${backup}".`);
    }
    const [, ...place] = RESTORE_CURSOR.exec(cursor ?? "") ?? [];
    const source: Source = { bucket, program_id: program.id, program: program.slug, backup };
    const { made, kept, next } = await takeStep(c, source, RESTORE_STAGES, place);
    const body = { backup, restored: made, not_empty: kept.sort(), next };
    return commitChange(c, [], cursor === null ? [changeOf(source, "restored")] : [], { status: 200, body });
  });
}

/** The backup that a call works on. */
interface Source {
  bucket: R2Bucket;
  program_id: number;
  program: string;
  backup: string;
}

/** What one stage did. */
interface Progress {
  /** The objects that it worked on. */
  done: number;
  /** The objects that it copied or restored. */
  made: number;
  /** The last object; null if the stage is through. */
  last: string | null;
  /** The names of objects that it left as they were. */
  kept?: string[];
}

type Stage = (c: ApiCall, source: Source, after: string, limit: number) => Promise<Progress>;

/**
 * Customers come before accounts: what a customer has sent by then is in its account's copy, and what it hasn't is still in its
 * own outbox, and accounts ignore what they have. Affiliates come before their sponsors for the same reason.
 */
const COPY_STAGES: Record<string, Stage> = { customers: copyCustomers, accounts: copyAccounts };

/** Accounts come first, so that what customers send afterwards finds them. */
const RESTORE_STAGES: Record<string, Stage> = {
  accounts: (c, source, after, limit) => restoreObjects(c, source, "accounts", after, limit),
  customers: (c, source, after, limit) => restoreObjects(c, source, "customers", after, limit),
  merged: joinMerged,
};

/** Works through the stages from a place (a stage, and its last object), until a step's objects are done. */
async function takeStep(c: ApiCall, source: Source, stages: Record<string, Stage>, place: readonly string[]) {
  const names = Object.keys(stages);
  let [name = names[0] ?? "", after = ""] = place;
  let done = 0;
  let made = 0;
  const kept: string[] = [];
  while (done < OBJECTS_A_STEP) {
    const progress = await stages[name]?.(c, source, after, OBJECTS_A_STEP - done);
    if (progress === undefined) throw new Error(`there is no stage ${name}`);
    done += progress.done;
    made += progress.made;
    kept.push(...(progress.kept ?? []));
    after = progress.last ?? "";
    if (progress.last !== null) continue;
    const following = names[names.indexOf(name) + 1];
    if (following === undefined) return { made, kept, next: null };
    name = following;
  }
  return { made, kept, next: `${name}:${after}` };
}

async function copyCustomers(c: ApiCall, source: Source, after: string, limit: number): Promise<Progress> {
  const keys = await listAllCustomers(c.var.db, source.program_id, after, limit);
  await forEachOf(keys, async (key) =>
    storeObject(
      source.bucket,
      { ...source, kind: "customers" },
      key,
      await c.env.CUSTOMERS.getByName(key).readBackup(),
    ),
  );
  return { done: keys.length, made: keys.length, last: keys.length < limit ? null : (keys.at(-1) ?? null) };
}

async function copyAccounts(c: ApiCall, source: Source, after: string, limit: number): Promise<Progress> {
  const [depth, affiliate_id] = after === "" ? [] : after.split(".").map(Number);
  const last = depth === undefined || affiliate_id === undefined ? null : { depth, affiliate_id };
  const accounts = await listAccountsBySponsor(c.var.db, source.program_id, last, limit);
  await forEachOf(accounts, async (account) => {
    const key = accountKeyOf(account);
    const packed = await c.env.ACCOUNTS.getByName(key).readBackup();
    await storeObject(source.bucket, { ...source, kind: "accounts" }, key, packed);
  });
  const end = accounts.at(-1);
  const isLast = end === undefined || accounts.length < limit;
  return { done: accounts.length, made: accounts.length, last: isLast ? null : `${end.depth}.${end.affiliate_id}` };
}

async function restoreObjects(
  c: ApiCall,
  source: Source,
  kind: BackupKind,
  after: string,
  limit: number,
): Promise<Progress> {
  const folder = { ...source, kind };
  const names = await listObjects(source.bucket, folder, after, limit);
  const kept: string[] = [];
  await forEachOf(names, async (name) => {
    const packed = await readObject(source.bucket, folder, name);
    const { key } = await readHead(packed);
    const objects = kind === "accounts" ? c.env.ACCOUNTS : c.env.CUSTOMERS;
    if (!(await objects.getByName(key).restoreBackup(packed))) kept.push(key);
  });
  const last = names.length < limit ? null : (names.at(-1) ?? null);
  return { done: names.length, made: names.length - kept.length, last, kept };
}

/** A customer that was merged during the backup may be in its copy only, so each gives its history once more. */
async function joinMerged(c: ApiCall, { program_id }: Source, after: string, limit: number): Promise<Progress> {
  const merged = await listMergedCustomers(c.var.db, program_id, after, limit);
  await forEachOf(merged, async ({ key, merged_into }) => {
    if (!isErasedKey(merged_into)) await c.env.CUSTOMERS.getByName(key).handOver(merged_into);
  });
  return { done: merged.length, made: 0, last: merged.length < limit ? null : (merged.at(-1)?.key ?? null) };
}

function changeOf({ program_id, backup }: Source, verb: "started" | "restored") {
  const subject = { program_id, subject_type: "backup", subject: backup };
  return { action: `backup.${verb}`, ...subject, before: null, after: {} };
}

async function forEachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += OBJECTS_AT_ONCE) {
    await Promise.all(items.slice(from, from + OBJECTS_AT_ONCE).map(work));
  }
}
