/** The total cost of all calls of one query in an object's own database. */
export interface QueryCost {
  query: string;
  calls: number;
  rows_read: number;
  rows_written: number;
}

/** Wraps an object's database so that the cost of each query is recorded. */
export function meterSql(sql: SqlStorage): { sql: SqlStorage; queries: Map<string, QueryCost> } {
  const queries = new Map<string, QueryCost>();
  const exec = (query: string, ...bindings: unknown[]) => {
    const cursor = sql.exec(query, ...bindings);
    const rows = cursor.toArray();
    const cost = queries.get(query) ?? { query, calls: 0, rows_read: 0, rows_written: 0 };
    cost.calls += 1;
    cost.rows_read += cursor.rowsRead;
    cost.rows_written += cursor.rowsWritten;
    queries.set(query, cost);
    return { toArray: () => rows, one: () => rows[0] };
  };
  return { sql: { exec } as unknown as SqlStorage, queries };
}
