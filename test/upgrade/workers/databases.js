/** Runs SQL statements of a request in D1, because each would be a separate call from outside. Bytes are `{ hex }` in JSON. */

/**
 * Runs statements as one transaction; returns the rows of each.
 * @param {D1Database} db
 * @param {{ sql: string, values?: unknown[] }[]} statements
 */
export async function runBatch(db, statements) {
  const results = await db.batch(statements.map((statement) => prepare(db, statement)));
  return results.map(({ results }) => results.map((row) => Object.fromEntries(Object.entries(row).map(toJson))));
}

/**
 * Runs statements one after the other; returns the rows of each as lists of values, or its error.
 * @param {D1Database} db
 * @param {{ sql: string, values?: unknown[] }[]} statements
 */
export async function runEach(db, statements) {
  const outcomes = [];
  for (const statement of statements) {
    try {
      const rows = await prepare(db, statement).raw();
      outcomes.push({ rows: rows.map((row) => row.map((value) => toJson([null, value])[1])) });
    } catch (error) {
      outcomes.push({ error: String(error) });
    }
  }
  return outcomes;
}

function prepare(db, { sql, values = [] }) {
  return db
    .prepare(sql)
    .bind(...values.map((value) => (value?.hex === undefined ? value : Uint8Array.fromHex(value.hex))));
}

/** D1 returns bytes as a list of numbers. */
function toJson([name, value]) {
  return [name, Array.isArray(value) ? { hex: Uint8Array.from(value).toHex() } : value];
}
