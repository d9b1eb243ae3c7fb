/** Reads clicks from the log and from the objects in the manifest, without the code that wrote them. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";

export const DAY = 86_400_000;

/** The tests' bucket. */
export function bucket(): R2Bucket {
  if (env.ARCHIVE === undefined) throw new Error("the tests bind a bucket, see test/vitest.config.ts");
  return env.ARCHIVE;
}

/** Empties log, manifest and bucket. */
export async function startEmpty() {
  await env.DB.batch(
    ["clicks", "click_days", "click_archives", "texts"].map((t) => env.DB.prepare(`DELETE FROM ${t}`)),
  );
  for (const { key } of (await bucket().list()).objects) await bucket().delete(key);
}

export interface Manifest {
  day: number;
  key: string;
  clicks: number;
  bytes: number;
  sha256: string;
  archived_at: number;
}

/** The manifest, oldest day first. */
export async function manifest(): Promise<Manifest[]> {
  return (await env.DB.prepare("SELECT * FROM click_archives ORDER BY day, key").all<Manifest>()).results;
}

/** The lines of an object of the bucket, and their hash. */
export async function unzip(key: string) {
  const object = await bucket().get(key);
  if (object === null) throw new Error(`${key} is not in the bucket`);
  const text = await new Response(object.body.pipeThrough(new DecompressionStream("gzip"))).text();
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  expect(text.endsWith("\n")).toBe(true);
  const lines = text.slice(0, -1).split("\n");
  return {
    lines: lines.map((line) => JSON.parse(line)),
    sha256: new Uint8Array(hash).toHex(),
    metadata: object.customMetadata,
    bytes: object.size,
  };
}

export async function idsInLog(): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT lower(hex(id)) AS id FROM clicks").all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** The click ids in all objects of the manifest, with repeats. */
export async function idsInArchive(): Promise<string[]> {
  const objects = await Promise.all((await manifest()).map(({ key }) => unzip(key)));
  return objects.flatMap(({ lines }) => lines.map(({ id }) => id));
}

/** Expects each click exactly once, in the log or in an object of the manifest. */
export async function expectEachOnce(clicks: readonly { id: string }[]) {
  expect([...(await idsInLog()), ...(await idsInArchive())].sort()).toEqual(clicks.map(({ id }) => id).sort());
}

/** D1 with the next transaction that records an archive replaced by `instead`, which can still run it. */
export function withNextArchive(instead: (make: () => Promise<unknown>) => Promise<unknown>): D1Database {
  let isNext = true;
  let isNaming = false;
  const prepare = (sql: string) => {
    isNaming ||= sql.includes("INTO click_archives");
    return env.DB.prepare(sql);
  };
  const batch = (statements: D1PreparedStatement[]) => {
    const make = () => env.DB.batch(statements);
    if (!isNext || !isNaming) return make();
    isNext = false;
    return instead(make);
  };
  return { prepare, batch } as unknown as D1Database;
}

/** The bucket with another `put`. */
export function withPut(put: (key: string, bytes: Uint8Array, options: R2PutOptions) => Promise<unknown>): R2Bucket {
  return { put } as unknown as R2Bucket;
}
