/** Rows of a database as SQL text: one statement a line, apart from definitions, so that a difference can be read. */

/** A value of SQLite as JSON. */
export type Value = string | number | null | { hex: string };

/** A row by its columns. */
export type Row = Record<string, Value>;

/** The statement that inserts a whole row, its columns in their order. */
export function writeInsert(table: string, row: Row): string {
  return `INSERT INTO "${table}" VALUES (${Object.values(row).map(writeValue).join(", ")})`;
}

function writeValue(value: Value): string {
  if (value === null) return "NULL";
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return `X'${value.hex}'`;
  return value
    .split("\n")
    .map((line) => `'${line.replaceAll("'", "''")}'`)
    .join(" || char(10) || ");
}

/** Where a statement ends: before the next one, for a trigger has semicolons of its own. */
const END = /;\n(?=CREATE |INSERT |$)/;

/** Statements as text; {@link readStatements} gives them back. */
export function writeStatements(statements: readonly string[]): string {
  const text = statements.map((statement) => `${statement};\n`).join("");
  if (readStatements(text).length !== statements.length) throw new Error("the statements can't be told apart again");
  return text;
}

/** The statements of a text. */
export function readStatements(text: string): string[] {
  return text.split(END).filter((statement) => statement.trim() !== "");
}
