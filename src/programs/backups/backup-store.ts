/** Backups in the R2 bucket: `backups/<program>/<backup>/<kind>/<hash of the object's name>.ndjson.gz`. */
import { Problem } from "../../lib/problem.ts";

/** What a backup holds, in the order in which it is made. */
export type BackupKind = "customers" | "accounts";

/** A backup that is complete. */
export interface FinishedBackup {
  backup: string;
  /** Milliseconds since the epoch. */
  finished_at: number;
}

/** The format of a backup's id: the time of its first step, to the millisecond, UTC. */
export const BACKUP_ID = /^\d{8}T\d{9}Z$/;

const CONTENT_TYPE = "application/gzip";

export function makeBackupId(now: number): string {
  return new Date(now).toISOString().replaceAll(/[-:.]/g, "");
}

/** The bucket. Throws 409 if none is bound. */
export function requireBucket(bucket: R2Bucket | undefined): R2Bucket {
  if (bucket !== undefined) return bucket;
  const detail = "Backups need an R2 bucket. Set archive_bucket in .lastclick.json and run `npm run deploy`.";
  throw new Problem(409, "archive_unbound", detail);
}

export async function storeObject(
  bucket: R2Bucket,
  { program, backup, kind }: { program: string; backup: string; kind: BackupKind },
  key: string,
  packed: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const name = `${folderOf(program, backup, kind)}${new Uint8Array(digest).toHex()}.ndjson.gz`;
  await bucket.put(name, packed, { httpMetadata: { contentType: CONTENT_TYPE } });
}

/** Up to `limit` stored objects after a name, in order. */
export async function listObjects(
  bucket: R2Bucket,
  { program, backup, kind }: { program: string; backup: string; kind: BackupKind },
  after: string,
  limit: number,
): Promise<string[]> {
  const prefix = folderOf(program, backup, kind);
  const { objects } = await bucket.list({ prefix, limit, ...(after !== "" && { startAfter: `${prefix}${after}` }) });
  return objects.map(({ key }) => key.slice(prefix.length));
}

export async function readObject(
  bucket: R2Bucket,
  { program, backup, kind }: { program: string; backup: string; kind: BackupKind },
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const object = await bucket.get(`${folderOf(program, backup, kind)}${name}`);
  if (object === null) throw new Error(`${name} is not in the bucket`);
  return new Uint8Array(await object.arrayBuffer());
}

/** Marks a backup as complete. */
export async function finishBackup(bucket: R2Bucket, program: string, backup: string): Promise<void> {
  await bucket.put(manifestOf(program, backup), "");
}

export async function isFinished(bucket: R2Bucket, program: string, backup: string): Promise<boolean> {
  return BACKUP_ID.test(backup) && (await bucket.head(manifestOf(program, backup))) !== null;
}

/** Up to `limit` complete backups after an id, oldest first. */
export async function listBackups(
  bucket: R2Bucket,
  program: string,
  after: string | null,
  limit: number,
): Promise<FinishedBackup[]> {
  const prefix = manifestOf(program, "");
  const { objects } = await bucket.list({ prefix, limit, ...(after !== null && { startAfter: `${prefix}${after}` }) });
  return objects.map(({ key, uploaded }) => ({ backup: key.slice(prefix.length), finished_at: uploaded.getTime() }));
}

function folderOf(program: string, backup: string, kind: BackupKind): string {
  return `backups/${program}/${backup}/${kind}/`;
}

function manifestOf(program: string, backup: string): string {
  return `backups/${program}/complete/${backup}`;
}
