/**
 * The format of the built site: one file, so that the Worker imports one module, and only when somebody opens a page.
 *
 *     4 bytes    the length of the index, big-endian
 *     index      JSON: the path of each file, with its headers and where its body is
 *     bodies     compressed with gzip, one after the other
 */

/** A file of the site, and the response headers that depend on it. */
export interface SiteFile<Body extends Uint8Array = Uint8Array> {
  /** The value of `Content-Type`. */
  type: string;
  /** The value of `ETag`, with its quotes. */
  etag: string;
  /** Whether the path changes when the content does. */
  immutable: boolean;
  /** In a pack, compressed with gzip. */
  body: Body;
}

/** A file of a pack. */
export type PackedFile = SiteFile<Uint8Array<ArrayBuffer>>;

interface IndexEntry extends Omit<SiteFile, "body"> {
  /** In bytes, from the first body. */
  start: number;
  length: number;
}

const LENGTH_BYTES = 4;

/** Packs files by their URL's path. */
export function packSite(files: ReadonlyMap<string, SiteFile>): Uint8Array {
  let size = 0;
  const entries: Record<string, IndexEntry> = {};
  for (const [path, { body, ...headers }] of files) {
    entries[path] = { ...headers, start: size, length: body.length };
    size += body.length;
  }
  const index = new TextEncoder().encode(JSON.stringify(entries));
  const pack = new Uint8Array(LENGTH_BYTES + index.length + size);
  new DataView(pack.buffer).setUint32(0, index.length);
  pack.set(index, LENGTH_BYTES);
  let at = LENGTH_BYTES + index.length;
  for (const { body } of files.values()) {
    pack.set(body, at);
    at += body.length;
  }
  return pack;
}

/** The files of a pack by their URL's path. Bodies are views: nothing is copied. */
export function openPack(pack: ArrayBuffer): Map<string, PackedFile> {
  const bodies = LENGTH_BYTES + new DataView(pack).getUint32(0);
  const index = new TextDecoder().decode(new Uint8Array(pack, LENGTH_BYTES, bodies - LENGTH_BYTES));
  const entries: Record<string, IndexEntry> = JSON.parse(index);
  return new Map(
    Object.entries(entries).map(([path, { start, length, ...headers }]) => [
      path,
      { ...headers, body: new Uint8Array(pack, bodies + start, length) },
    ]),
  );
}
