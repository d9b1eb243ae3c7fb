import { describe, expect, test } from "vitest";
import { readCsv } from "../../src/lib/csv.ts";
import { hashText } from "../../src/lib/platform/vault.ts";
import { admin } from "../support/story.ts";
import { approveRun, command, download, filesOf, setUpPayDay, statementsThat } from "./pay-day.ts";

const iban = {
  method: "bank",
  account_holder: "Jo Doe",
  country: "DE",
  currency: "USD",
  iban: "DE89370400440532013000",
  address: { name: "Jo Doe", street: "Hauptstr. 1", city: "Berlin", postcode: "10115", country: "DE" },
};

/** Two affiliates, one paid by PayPal and one by Wise, and an approved run. */
async function payTwo() {
  const story = await setUpPayDay(2);
  const { a, b, runs } = story;
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "a.payee@example.org" });
  await admin("PUT", `/v1/affiliates/${b.username}/payee`, iban);
  const run = `${runs}/${await approveRun(runs)}`;
  const { data } = await filesOf(run);
  const statements = await statementsThat(run, {});
  return { ...story, run, files: data, first: statements[a.username].id, second: statements[b.username].id };
}

describe("payment files", () => {
  test("contain the run's payments by provider and add up to the run", async () => {
    const { run, files, first, second } = await payTwo();
    expect(files).toMatchObject([
      { name: "paypal-usd-1.csv", provider: "paypal", currency: "USD", rows: 1, total: 4_000 },
      { name: "wise-usd-usd-iban-1.csv", provider: "wise", currency: "USD", rows: 1, total: 8_000 },
    ]);
    const { json } = await admin("GET", run);
    expect(json.drafted.USD.amount).toBe(12_000);
    const paypal = await download(`${run}/files/paypal-usd-1.csv`);
    expect(paypal).toMatchObject({ status: 200, type: "text/csv; charset=utf-8" });
    expect(readCsv(paypal.text).rows.map(({ cells }) => [...cells.slice(0, 4), cells[5]])).toEqual([
      ["a.payee@example.org", "40.00", "USD", first, "PAYPAL"],
    ]);
    const wise = await download(`${run}/files/wise-usd-usd-iban-1.csv`);
    expect(readCsv(wise.text).rows[1]?.cells.slice(0, 9)).toEqual([
      "Jo Doe",
      "",
      second,
      "PERSON",
      "target",
      "80.00",
      "USD",
      "USD",
      "DE89370400440532013000",
    ]);
    expect(await hashText(paypal.text)).toBe(files[0].sha256);
    expect((await download(`${run}/files/paypal-usd-2.csv`)).status).toBe(404);
  });

  test("use the approved payment details, whatever changes later", async () => {
    const { a, run, files } = await payTwo();
    await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "thief@example.org" });
    expect((await filesOf(run)).data).toEqual(files);
    expect((await download(`${run}/files/paypal-usd-1.csv`)).text).toContain("a.payee@example.org");
  });

  test("leave out details erased since then, and list them", async () => {
    const { a, run, first } = await payTwo();
    await admin("DELETE", `/v1/affiliates/${a.username}/payee`);
    const { data, left_out } = await filesOf(run);
    expect(data.map(({ name }: { name: string }) => name)).toEqual(["wise-usd-usd-iban-1.csv"]);
    expect(left_out).toMatchObject([
      { statement: first, amount: 4_000, currency: "USD", reason: "payment_details_missing" },
    ]);
  });

  test("exist for approved runs only, without affiliates blocked by a gate", async () => {
    const { a, b, runs } = await setUpPayDay(2);
    await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "a.payee@example.org" });
    const { json } = await command(runs);
    const refused = await admin("GET", `${runs}/${json.id}/files`);
    expect([refused.status, refused.json.code]).toEqual([409, "run_not_approved"]);
    expect((await command(`${runs}/${json.id}/results`, "Status\n")).json.code).toBe("run_not_approved");
    await command(`${runs}/${json.id}/approve`);
    const { data, left_out } = await filesOf(`${runs}/${json.id}`);
    expect([data.map(({ total }: { total: number }) => total), left_out]).toEqual([[4_000], []]);
    await statementsThat(`${runs}/${json.id}`, {
      [b.username]: { payable: 0, blocked: [{ code: "payment_details_missing" }] },
    });
  });
});

describe("a provider's report", () => {
  const paypal = (status: string, statement: string) =>
    `Status,Currency,Gross,Custom Number\n${status},USD,-40.00,${statement}\n`;
  const wise = (status: string, statement: string) =>
    `ID,Status,Direction,Target amount (after fees),Target currency,Reference\nT-1,${status},OUT,80.00,USD,${statement}\n`;

  test("marks each paid or failed payment once, and the run pays the rest", async () => {
    const { a, b, run, first, second, program } = await payTwo();
    const paid = await command(`${run}/results`, paypal("Completed", first));
    expect(paid).toMatchObject({ status: 200, json: { paid: 1, failed: 0, faults: [], unrelated: 0, next: null } });
    const failed = await command(`${run}/results`, wise("REFUNDED", second));
    expect(failed.json).toMatchObject({ paid: 0, failed: 1 });
    await statementsThat(run, {
      [a.username]: { status: "paid" },
      [b.username]: { status: "failed", reason: "REFUNDED" },
    });
    const again = await command(`${run}/results`, paypal("Completed", first));
    expect(again.json).toMatchObject({ paid: 0, failed: 0, unchanged: 1 });
    expect((await filesOf(run)).data.map(({ name }: { name: string }) => name)).toEqual(["paypal-usd-1.csv"]);
    expect((await command(`${run}/cancel`)).json.code).toBe("run_not_cancellable");
    const { json } = await command(`${run}/pay`);
    expect([json.status, json.paid.USD.amount]).toEqual(["paid", 4_000]);
    const ledger = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
    expect(ledger.json.data.map(({ kind, amount }: { kind: string; amount: number }) => [kind, amount])).toEqual([
      ["payout", -4_000],
      ["commission", 4_000],
    ]);
  });

  test("restores the balance of a payment returned later", async () => {
    const { a, run, first, program } = await payTwo();
    await command(`${run}/pay`);
    await statementsThat(run, { [a.username]: { status: "paid" } });
    const back = await command(`${run}/results`, paypal("Returned", first));
    expect(back.json).toMatchObject({ paid: 0, failed: 1 });
    await statementsThat(run, { [a.username]: { status: "returned", reason: "Returned" } });
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json.balances).toMatchObject({ due: 4_000, paid: 0 });
    const late = await command(`${run}/results`, paypal("Completed", first));
    expect(late.json).toMatchObject({ paid: 0, failed: 0, faults: [{ line: 2, code: "payment_taken_back" }] });
    const { json: check } = await admin("GET", `${run}/reconciliation`);
    expect(check).toMatchObject({ files: { files: 2, payments: 2, left_out: 0 }, differences: [] });
  });

  test("with invalid rows names them and applies the others", async () => {
    const { a, run, first, second } = await payTwo();
    const report = [
      "Status,Currency,Gross,Custom Number",
      `Completed,USD,-40.00,${first}`,
      `Completed,USD,-79.99,${second}`,
      "Completed,USD,-5.00,st_9_9_9",
    ].join("\n");
    const { json } = await command(`${run}/results`, report);
    expect(json).toMatchObject({
      paid: 1,
      unrelated: 1,
      faults: [{ line: 3, statement: second, code: "amount_differs" }],
    });
    await statementsThat(run, { [a.username]: { status: "paid" } });
  });

  test("in UTF-16 is read by its byte order mark, and refused without one", async () => {
    const { a, run, first } = await payTwo();
    const toBytes = (text: string) => new Uint8Array(Uint16Array.from(text, (one) => one.charCodeAt(0)).buffer);
    const refused = await command(`${run}/results`, toBytes(paypal("Completed", first)));
    expect([refused.status, refused.json.code]).toEqual([422, "report_unreadable"]);
    const pending = paypal("Pending", first);
    const bigEndian = toBytes(`\uFEFF${pending}`).map((_, at, all) => all[at ^ 1] ?? 0);
    const windows1252 = Uint8Array.from(`${pending}Zo\u00EB`, (one) => one.charCodeAt(0));
    for (const bytes of [bigEndian, windows1252]) {
      expect((await command(`${run}/results`, bytes)).json).toMatchObject({ pending: 1 });
    }
    const read = await command(`${run}/results`, toBytes(`\uFEFF${paypal("Returned", first)}`));
    expect(read.json).toMatchObject({ paid: 0, failed: 1 });
    await statementsThat(run, { [a.username]: { status: "failed" } });
  });

  test("in which no row matches is refused, and the run can still be canceled", async () => {
    const { run } = await payTwo();
    const refused = await command(`${run}/results`, paypal("Completed", "st_9_9_9"));
    expect([refused.status, refused.json.code]).toEqual([422, "report_unreadable"]);
    expect((await command(`${run}/cancel`)).json.status).toBe("cancelled");
  });

  test("that is none is refused, as is a key for two reports, or none", async () => {
    const { run, first, second } = await payTwo();
    expect((await command(`${run}/results`, "a,b\n1,2\n")).json.code).toBe("report_unreadable");
    expect((await command(`${run}/results`, paypal("Pending", first), null)).json.code).toBe("idempotency_key_missing");
    expect((await command(`${run}/results`, paypal("Pending", first), "key-1")).json).toMatchObject({ pending: 1 });
    expect((await command(`${run}/results`, paypal("Pending", first), "key-1")).json).toMatchObject({ pending: 1 });
    const other = await command(`${run}/results`, wise("COMPLETED", second), "key-1");
    expect([other.status, other.json.code]).toEqual([409, "idempotency_key_reused"]);
  });
});
