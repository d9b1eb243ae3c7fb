/** Files for spreadsheets and payment providers: written so that no cell runs, read whatever wrote them. */
import Papa from "papaparse";

/** A cell. Text is defused where it is no plain number; null is empty. */
export type Cell = string | number | null;

/**
 * What a spreadsheet runs (OWASP, "CSV Injection"): a cell that begins with = + - @, their full-width forms, a tab or a line
 * break. A plain decimal is none of it, whatever its sign: numbers stay numbers.
 */
const FORMULA = /^(?!-?\d+(?:\.\d+)?$)[=+\-@＝＋－＠\t\r\n]/;

/** Rows as CSV (RFC 4180) with a line break after each; cells that would be run begin with an apostrophe. */
export function writeCsv(rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return "";
  return `${Papa.unparse(rows as unknown[][], { escapeFormulae: FORMULA, newline: "\r\n" })}\r\n`;
}

/** A row that was read, and the line that it begins on, counted from 1. */
export interface ReadRow {
  line: number;
  cells: string[];
}

/** Reads CSV with whatever delimiter it has; empty lines are left out. `fault` says where it is broken, null for nowhere. */
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

/** What most often divides the first line: spreadsheets write what their language has no other use for. */
function findDelimiter(text: string): string {
  const [first = ""] = text.replaceAll(/"[^"]*"/g, "").split(/[\r\n]/, 1);
  const counts = [",", ";", "\t"].map((mark) => ({ mark, count: first.split(mark).length }));
  return counts.reduce((most, one) => (one.count > most.count ? one : most)).mark;
}
