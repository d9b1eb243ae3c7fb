/**
 * Orders the statements of a D1 export so that they can be run on an empty database: tables, then rows, then indexes and
 * triggers. As exported, a row may refer to a table that doesn't exist yet, and triggers would repeat what the rows contain.
 */
export function orderExport(statements: readonly string[]): string[] {
  const of = (rank: number) => statements.filter((statement) => rankOf(statement) === rank);
  return [0, 1, 2, 3].flatMap(of).map((statement) => statement.replace(/;?\s*$/, ";"));
}

function rankOf(statement: string): number {
  if (/^\s*PRAGMA\b/i.test(statement)) return 0;
  if (/^\s*CREATE\s+(VIRTUAL\s+)?TABLE\b/i.test(statement)) return 1;
  return /^\s*CREATE\b/i.test(statement) ? 3 : 2;
}
