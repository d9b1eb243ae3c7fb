import { expect, test } from "vitest";
import { writeSalesFile } from "../../../src/conversions/console/sales-file.ts";
import type { ConversionRow } from "../../../src/conversions/console/views.ts";
import { readCsv } from "../../../src/lib/csv.ts";

const row: ConversionRow = {
  ...{ id: "cv_1", program: "orbit", type: "sale", status: "refunded", attributed_to: "maya", link: "maya" },
  ...{ reason: "last_click", commission: { amount: -1_050, currency: "USD", state: "due" }, customer: "+1 @cmd" },
  ...{ amount: 9_900, gross: null, refunded: 100, currency: "JPY", occurred_at: "2026-03-02T09:30:00.000Z" },
  ...{ settled_at: null, payment: "-2", product: null, subscription: null, interval: "once", payment_number: 1 },
  ...{ country: null, platform: null, test: false },
};

test("amounts are decimals of their currency, formulas are text, and what is unknown is empty", () => {
  const { rows } = readCsv(writeSalesFile([row], true));
  expect(rows.map(({ cells }) => cells)).toEqual([
    expect.arrayContaining(["Conversion", "Amount", "Commission state"]),
    [
      ...["cv_1", "2026-03-02T09:30:00.000Z", "sale", "refunded", "maya", "maya", "last_click", "'+1 @cmd", "-2", "1"],
      ...["", "", "9900", "100", "JPY", "-10.50", "USD", "due", "", "", "no"],
    ],
  ]);
});

test("a file that is cut off says so in its last row", () => {
  const { rows } = readCsv(writeSalesFile([row, row], false));
  expect(rows).toHaveLength(4);
  expect(rows.at(-1)?.cells[0]).toMatch(/^Only the first 2 conversions are in this file/);
});
