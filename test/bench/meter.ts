/** The total cost of some statements, as D1 reports it. */
export interface Meter {
  /** Round trips to the database, each with a statement or a batch of them. */
  calls: number;
  statements: number;
  rows_read: number;
  rows_written: number;
  /** Size of the database after the last statement, in bytes. */
  size_after: number;
}

/**
 * Wraps a database so that each statement's cost is added to the meter. `raw` does not report a cost, so its statement
 * runs twice: use it for reads only.
 */
export function meterDatabase(db: D1Database, meter: Meter): D1Database {
  const originals = new WeakMap<object, D1PreparedStatement>();
  const add = <Result extends { meta: D1Meta }>(result: Result): Result => {
    meter.statements += 1;
    meter.rows_read += result.meta.rows_read;
    meter.rows_written += result.meta.rows_written;
    meter.size_after = result.meta.size_after;
    return result;
  };
  const once = <Result extends { meta: D1Meta }>(result: Result): Result => {
    meter.calls += 1;
    return add(result);
  };
  const meterStatement = (statement: D1PreparedStatement): D1PreparedStatement => {
    const metered = {
      bind: (...values: unknown[]) => meterStatement(statement.bind(...values)),
      all: async () => once(await statement.all()),
      run: async () => once(await statement.run()),
      first: async (column?: string) => {
        const [row] = once(await statement.all()).results;
        return row === undefined ? null : column === undefined ? row : row[column];
      },
      raw: async (options: { columnNames?: false }) => {
        once(await statement.all());
        return statement.raw(options);
      },
    } as D1PreparedStatement;
    originals.set(metered, statement);
    return metered;
  };
  return {
    prepare: (query: string) => meterStatement(db.prepare(query)),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await db.batch(statements.map((statement) => originals.get(statement) ?? statement));
      meter.calls += 1;
      results.forEach(add);
      return results;
    },
    exec: (query: string) => db.exec(query),
  } as D1Database;
}
