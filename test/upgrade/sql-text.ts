/** Rows of a database as SQL text: one statement per line, except definitions, so that differences are readable. */

/** A value of SQLite as JSON. */
export type Value = string | number | null | { hex: string };

/** A row by its columns. */
export type Row = Record<string, Value>;

/** The statement that inserts a whole row, with columns in order. */
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

/** The end of a statement: the start of the next one, because triggers contain semicolons. */
const END = /;\n(?=CREATE |INSERT |$)/;

/** Statements as text, which {@link readStatements} parses. */
export function writeStatements(statements: readonly string[]): string {
  const text = statements.map((statement) => `${statement};\n`).join("");
  if (readStatements(text).length !== statements.length) throw new Error("the statements can't be told apart again");
  return text;
}

/** The statements of a text. */
export function readStatements(text: string): string[] {
  return text.split(END).filter((statement) => statement.trim() !== "");
}
