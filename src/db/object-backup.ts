/**
 * A copy of everything that a Durable Object stores: NDJSON, compressed with gzip. The first line names the object; each other
 * line is a row with its table. Copies of any earlier release are read.
 */

/** The first line. */
export interface BackupHead {
  format: 1;
  object: "customer" | "account";
  /** The object's name. */
  key: string;
}

/** No object stores bytes. */
interface BackupRow {
  table: string;
  row: Record<string, string | number | null>;
}

/** SQLite's and the platform's own tables begin with these. */
const INTERNAL = /^(sqlite_|_cf_)/;

/** Copies all rows. They are read without a pause, so that they are of one moment. */
export async function packObject(sql: SqlStorage, head: BackupHead): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const parts = [encoder.encode(`${JSON.stringify(head)}\n`)];
  for (const table of listTables(sql)) {
    for (const row of sql.exec<BackupRow["row"]>(`SELECT * FROM "${table}"`)) {
      parts.push(encoder.encode(`${JSON.stringify({ table, row } satisfies BackupRow)}\n`));
    }
  }
  const packed = new Blob(parts).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** Whether an object stores nothing. */
export function isEmptyObject(sql: SqlStorage): boolean {
  return listTables(sql).every((table) => sql.exec(`SELECT 1 FROM "${table}" LIMIT 1`).toArray().length === 0);
}

/** The rows of a copy, which must be of the named object. Throws otherwise. */
export async function unpackObject(packed: Uint8Array<ArrayBuffer>, { object, key }: Omit<BackupHead, "format">) {
  const [first = "", ...lines] = (await unzip(packed)).trimEnd().split("\n");
  const head: BackupHead = JSON.parse(first);
  if (head.format !== 1 || head.object !== object || head.key !== key)
    throw new Error("the backup is of another object");
  return lines.map((line): BackupRow => JSON.parse(line));
}

/**
 * Adds rows to an empty object. Call it inside a transaction. A column that today's tables have and the copy doesn't gets its
 * default, as in objects that an earlier release wrote. Throws if a table is unknown.
 */
export function insertRows(sql: SqlStorage, rows: readonly BackupRow[]): void {
  const tables = new Set(listTables(sql));
  for (const { table, row } of rows) {
    if (!tables.has(table)) throw new Error(`no table ${table}: restore with the release that made the backup`);
    const columns = Object.keys(row).map((name) => `"${name}"`);
    const places = columns.map(() => "?").join(", ");
    sql.exec(`INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${places})`, ...Object.values(row));
  }
}

/** The name of the object that a copy is of. */
export async function readHead(packed: Uint8Array<ArrayBuffer>): Promise<BackupHead> {
  const text = await unzip(packed);
  return JSON.parse(text.slice(0, text.indexOf("\n")));
}

async function unzip(packed: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

function listTables(sql: SqlStorage): string[] {
  return sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .toArray()
    .map(({ name }) => name)
    .filter((name) => !INTERNAL.test(name));
}
