import { type ArchivedClick, type ClickArchive, fromLines, gunzip, hashBytes } from "./archived-click.ts";

/** An object is missing, unreadable, or differs from the manifest. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
  readonly code: "archive_missing" | "archive_damaged" | "archive_unbound";
  readonly key: string;

  constructor(code: ArchiveError["code"], key: string, fault: string) {
    super(`The archive ${key} ${fault}.`);
    this.code = code;
    this.key = key;
  }
}

/** Reads the clicks of objects one by one, and verifies each against the manifest. Throws {@link ArchiveError}. */
export async function* readArchives(
  bucket: R2Bucket,
  archives: readonly ClickArchive[],
): AsyncGenerator<ArchivedClick[], void> {
  for (const archive of archives) yield await readArchive(bucket, archive);
}

async function readArchive(bucket: R2Bucket, { key, clicks, sha256 }: ClickArchive): Promise<ArchivedClick[]> {
  const object = await bucket.get(key);
  if (object === null) throw new ArchiveError("archive_missing", key, "is not in the bucket");
  const lines = await unpack(key, new Uint8Array(await object.arrayBuffer()));
  const found = await hashBytes(lines);
  if (found !== sha256) {
    throw new ArchiveError("archive_damaged", key, `has the hash ${found}, but the manifest says ${sha256}`);
  }
  const read = fromLines(lines);
  if (read.length !== clicks) {
    throw new ArchiveError("archive_damaged", key, `has ${read.length} clicks, but the manifest says ${clicks}`);
  }
  return read;
}

async function unpack(key: string, packed: Uint8Array): Promise<Uint8Array> {
  try {
    return await gunzip(packed);
  } catch {
    throw new ArchiveError("archive_damaged", key, "can't be decompressed");
  }
}
