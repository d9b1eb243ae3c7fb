/** CSV for spreadsheets and payment providers. Written files are safe from formula injection; files from any spreadsheet can be read. */
import Papa from "papaparse";

/** A cell. Text that looks like a formula is escaped; null is empty. */
export type Cell = string | number | null;

/**
 * Cells that a spreadsheet may run as a formula (OWASP, "CSV Injection"): they begin with = + - @, a full-width form of these, a
 * tab or a line break. Plain decimals of either sign are not escaped, so numbers stay numbers.
 */
const FORMULA = /^(?!-?\d+(?:\.\d+)?$)[=+\-@＝＋－＠\t\r\n]/;

/** Writes rows as CSV (RFC 4180) with a line break after each; an apostrophe is put before formulas. */
export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return "";
  return `${Papa.unparse(rows as unknown[][], { escapeFormulae: FORMULA, newline: "\r\n" })}\r\n`;
}

/** A row, with the line that it begins on, counted from 1. */
export interface ReadRow {
  line: number;
  cells: string[];
}

/** Reads CSV with a comma, semicolon or tab as delimiter; empty lines are skipped. `fault` describes a syntax error, null for none. */
export function readCsv(text: string): { rows: ReadRow[]; fault: string | null } {
  const plain = text.replace(/^\uFEFF/, "");
  const { data, errors } = Papa.parse<string[]>(plain, { delimiter: findDelimiter(plain) });
  const rows: ReadRow[] = [];
  let line = 1;
  for (const cells of data) {
    if (cells.some((cell) => cell.trim() !== "")) rows.push({ line, cells });
    line += 1 + cells.reduce((breaks, cell) => breaks + (cell.match(/\r\n?|\n/g)?.length ?? 0), 0);
  }
  const broken = errors.find(({ type }) => type === "Quotes");
  return { rows, fault: broken === undefined ? null : broken.message };
}

/** The most frequent delimiter of the first line: spreadsheets choose one by their locale. */
function findDelimiter(text: string): string {
  const [first = ""] = text.replaceAll(/"[^"]*"/g, "").split(/[\r\n]/, 1);
  const counts = [",", ";", "\t"].map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.reduce((most, one) => (one.count > most.count ? one : most)).mark;
}
