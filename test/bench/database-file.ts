import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The content of a database file that no Worker has open. */
export interface MeasuredFile {
  /** Tables with their indexes, largest first. */
  tables: { name: string; bytes: number }[];
  /** The number of rows in the click log. */
  clicks: number;
  /** The sum of the counts. */
  counted: number;
  /** The number of rows of counts: one per link, day and verdict. */
  link_days: number;
}

/** The size of the database in a Worker's folder in bytes, including its write-ahead log. */
export function sizeOfDatabaseFile(folder: string): number {
  const file = findDatabaseFile(folder);
  return globSync(`${file}*`).reduce((sum, name) => sum + statSync(name).size, 0);
}

/** Measures the database in a Worker's folder. The Worker must have ended. */
export function measureDatabaseFile(folder: string): MeasuredFile {
  const db = new DatabaseSync(findDatabaseFile(folder));
  const read = (sql: string) => Number(db.prepare(sql).get()?.value);
  const tables = db.prepare(`
    SELECT s.tbl_name AS name, sum(d.pgsize) AS bytes FROM dbstat d JOIN sqlite_schema s ON s.name = d.name
    WHERE d.aggregate = TRUE GROUP BY 1 ORDER BY 2 DESC LIMIT 4`);
  const measured = {
    tables: tables.all().map(({ name, bytes }) => ({ name: String(name), bytes: Number(bytes) })),
    clicks: read("SELECT count(*) AS value FROM clicks"),
    counted: read("SELECT sum(clicks) AS value FROM click_days"),
    link_days: read("SELECT count(*) AS value FROM click_days"),
  };
  db.close();
  return measured;
}

/** The database file in the folder of a Worker. */
export function findDatabaseFile(folder: string): string {
  const files = globSync(join(folder, "d1/**/*.sqlite")).filter((name) => !name.endsWith("metadata.sqlite"));
  const [file] = files.toSorted((a, b) => statSync(b).size - statSync(a).size);
  if (file === undefined) throw new Error(`There is no database in ${folder}.`);
  return file;
}
