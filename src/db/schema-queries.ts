/** Which migrations of this release a database lacks. */
import { MIGRATIONS } from "./migrations.ts";

/** Where wrangler records what it has applied, unless wrangler.toml names another table. */
const APPLIED = "d1_migrations";

/** Parameter 1: JSON array of `[migration, object, column or null]`. */
const FIND_MISSING = `
  SELECT m.value ->> 0 AS name FROM json_each(?1) m
  WHERE CASE WHEN m.value ->> 2 IS NULL
    THEN NOT EXISTS (SELECT 1 FROM sqlite_schema s WHERE s.name = m.value ->> 1)
    ELSE NOT EXISTS (SELECT 1 FROM pragma_table_info(m.value ->> 1) c WHERE c.name = m.value ->> 2) END`;

const HAS_APPLIED = `SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = '${APPLIED}'`;

/**
 * The migrations of this release that the database lacks, in their order: what wrangler hasn't recorded, and what has added
 * something that isn't there. Where wrangler's table has another name, only the latter. Throws while D1 is unavailable.
 */
export async function findMissingMigrations(db: D1Database): Promise<string[]> {
  const added = MIGRATIONS.flatMap(({ name, adds }) => {
    if (adds === null) return [];
    const [object = "", column = null] = adds.split(".");
    return [[name, object, column]];
  });
  const [missing, table] = await db.batch<{ name: string; n: number }>([
    db.prepare(FIND_MISSING).bind(JSON.stringify(added)),
    db.prepare(HAS_APPLIED),
  ]);
  const lacking = new Set(missing?.results.map(({ name }) => name));
  if (table?.results[0]?.n === 1) {
    const { results } = await db.prepare(`SELECT name FROM ${APPLIED}`).all<{ name: string }>();
    const applied = new Set(results.map(({ name }) => name));
    for (const { name } of MIGRATIONS) if (!applied.has(name)) lacking.add(name);
  }
  return MIGRATIONS.map(({ name }) => name).filter((name) => lacking.has(name));
}
