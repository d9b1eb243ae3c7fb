/** Payments that no file contains or that a report doesn't confirm, and payments made outside the files. */
import { describe, expect, test } from "vitest";
import { admin } from "../support/story.ts";
import { approveRun, command, download, filesOf, setUpPayDay, statementsThat } from "./pay-day.ts";

const paypal = (username: string) =>
  admin("PUT", `/v1/affiliates/${username}/payee`, { method: "paypal", email: `${username}@pay.example` });

/** A program whose terms ask for no payment details, and an approved run. */
async function approveWithoutGates(options: { payable: boolean; affiliates?: number }) {
  const story = await setUpPayDay(options.affiliates ?? 1, { gates: [] });
  if (options.payable) for (const { username } of story.affiliates) await paypal(username);
  const run = `${story.runs}/${await approveRun(story.runs)}`;
  await filesOf(run);
  const statements = await statementsThat(run, {});
  return { ...story, run, statements };
}

const balancesOf = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}`)).json.balances;

describe("a payment that is in no file", () => {
  const check = { method: "check", reference: "No. 1234", paid_on: "2026-01-05" };

  test("stays unpaid with its reason, is named by the reconciliation, and goes into the next run", async () => {
    const { a, program, run, runs, statements } = await approveWithoutGates({ payable: false });
    const paid = await command(`${run}/pay`);
    expect(paid.json).toMatchObject({ status: "paid", paid: {}, unpaid: { USD: { payments: 1, amount: 4_000 } } });
    const reason = "There were no payment details when the payout was approved, or they were removed since.";
    await statementsThat(run, { [a.username]: { status: "unpaid", reason, carried: 4_000, payment: null } });
    expect(await balancesOf(program, a.username)).toMatchObject({ due: 4_000, paid: 0 });
    const { json } = await admin("GET", `${run}/reconciliation`);
    expect(json.differences).toEqual([`${statements[a.username].id} is not paid: ${reason}`]);
    await paypal(a.username);
    const next = `${runs}/${await approveRun(runs)}`;
    await filesOf(next);
    expect((await command(`${next}/pay`)).json.paid.USD).toMatchObject({ payments: 1, amount: 4_000 });
    const late = await command(`${run}/statements/${statements[a.username].id}/pay`, check);
    expect([late.status, late.json.code]).toEqual([409, "statement_carried_on"]);
  });

  test.each(["before", "after"])("can be recorded as paid, %s the run is", async (when) => {
    const { a, program, run, statements } = await approveWithoutGates({ payable: false });
    const path = `${run}/statements/${statements[a.username].id}/pay`;
    if (when === "after") await command(`${run}/pay`);
    const recorded = await command(path, check, "check-1");
    expect(recorded).toMatchObject({
      status: 200,
      json: { status: "paid", reason: null, paid_by: { source: "manual", method: "check", reference: "No. 1234" } },
    });
    expect(await command(path, check, "check-1")).toEqual(recorded);
    expect((await command(path, { ...check, reference: null })).json.code).toBe("statement_already_paid");
    expect((await command(`${run}/cancel`)).json.code).toBe("run_not_cancellable");
    if (when === "before") expect((await command(`${run}/pay`)).json.paid.USD).toMatchObject({ amount: 4_000 });
    await statementsThat(run, { [a.username]: { status: "paid" } });
    expect(await balancesOf(program, a.username)).toMatchObject({ due: 0, paid: 4_000 });
    const { json: entries } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
    expect(entries.data[0]).toMatchObject({
      kind: "payout",
      amount: -4_000,
      occurred_at: "2026-01-05T00:00:00.000Z",
      reason: expect.stringMatching(/^Statement 1, paid in \d{4}-\d\d by check, reference No\. 1234\.$/),
    });
    expect((await admin("GET", `${run}/reconciliation`)).json.differences).toEqual([]);
    const { json: accounts } = await admin("GET", `/v1/programs/${program}/payouts/reconciliation`);
    expect(accounts.data).toEqual([]);
  });

  test("is not recorded with an invalid method or date", async () => {
    const { a, run, statements } = await approveWithoutGates({ payable: false });
    const bodies = [
      { ...check, paid_on: "2100-01-01" },
      { ...check, paid_on: "yesterday" },
      { ...check, method: "" },
    ];
    const codes = [];
    for (const body of [...bodies, { method: "cash" }]) {
      const { status, json } = await command(`${run}/statements/${statements[a.username].id}/pay`, body);
      codes.push(`${status} ${json.code}`);
    }
    const date = "422 invalid_paid_on";
    expect(codes).toEqual([date, date, "422 invalid_method", date]);
  });
});

test("a payment in a file can be recorded by hand only after it has failed", async () => {
  const { a, run, statements } = await approveWithoutGates({ payable: true });
  const path = `${run}/statements/${statements[a.username].id}`;
  const wire = { method: "wire", reference: "W-1", paid_on: "2026-01-05" };
  expect((await command(`${path}/pay`, wire)).json.code).toBe("statement_in_file");
  await command(`${path}/fail`, { reason: "Account closed" });
  expect((await command(`${path}/pay`, wire)).json).toMatchObject({ status: "paid", reason: null });
  await statementsThat(run, { [a.username]: { status: "paid", paid_by: { method: "wire" } } });
  expect((await filesOf(run)).data).toEqual([]);
  expect((await command(`${run}/pay`)).json.paid.USD).toMatchObject({ payments: 1, amount: 4_000 });
  expect((await admin("GET", `${run}/reconciliation`)).json.differences).toEqual([]);
});

describe("a payment whose details were erased after the approval", () => {
  test.each([
    ["is paid if its file was downloaded before", true, "paid"],
    ["is not paid otherwise", false, "unpaid"],
  ])("%s", async (_, isDownloaded, status) => {
    const { a, run } = await approveWithoutGates({ payable: true });
    if (isDownloaded) expect((await download(`${run}/files/paypal-usd-1.csv`)).status).toBe(200);
    await admin("DELETE", `/v1/affiliates/${a.username}/payee`);
    await command(`${run}/pay`);
    await statementsThat(run, { [a.username]: { status } });
    const { json } = await admin("GET", `${run}/reconciliation`);
    expect(json.differences).toHaveLength(isDownloaded ? 0 : 1);
  });
});

describe("a payment that the report does not confirm", () => {
  const report = (...rows: string[]) => ["Status,Currency,Gross,Custom Number", ...rows, ""].join("\n");

  test.each([
    ["Unclaimed,USD,-40.00", "The payment provider reports it as “Unclaimed”."],
    [
      "Completed,USD,-39.99",
      "It differs in the payment provider’s report: paid -39.99 USD, which is not what the statement says.",
    ],
    ["Perhaps,USD,-40.00", "It differs in the payment provider’s report: the status “Perhaps” is unknown."],
  ])("(%s) stays unpaid, and the rest is paid", async (row, reason) => {
    const { a, b, run, statements } = await approveWithoutGates({ payable: true, affiliates: 2 });
    const { id } = statements[a.username];
    await command(`${run}/results`, report(`${row},${id}`));
    const paid = await command(`${run}/pay`);
    expect(paid.json.paid.USD).toMatchObject({ payments: 1, amount: 8_000 });
    await statementsThat(run, { [a.username]: { status: "unpaid", reason }, [b.username]: { status: "paid" } });
    expect((await admin("GET", `${run}/reconciliation`)).json.differences).toEqual([`${id} is not paid: ${reason}`]);
  });

  test("is paid once a later report confirms it", async () => {
    const { a, run, statements, program } = await approveWithoutGates({ payable: true });
    const { id } = statements[a.username];
    await command(`${run}/results`, report(`Unclaimed,USD,-40.00,${id}`));
    await command(`${run}/pay`);
    await statementsThat(run, { [a.username]: { status: "unpaid" } });
    const confirmed = await command(`${run}/results`, report(`Completed,USD,-40.00,${id}`));
    expect(confirmed.json).toMatchObject({ paid: 1, faults: [] });
    await statementsThat(run, {
      [a.username]: { status: "paid", paid_by: { source: "file", method: "paypal", reference: id } },
    });
    expect(await balancesOf(program, a.username)).toMatchObject({ due: 0, paid: 4_000 });
    expect((await admin("GET", `${run}/reconciliation`)).json.differences).toEqual([]);
  });

  test("after the next run includes its amount, is a fault of the report", async () => {
    const { a, run, runs, statements } = await approveWithoutGates({ payable: true });
    const { id } = statements[a.username];
    await command(`${run}/results`, report(`Unclaimed,USD,-40.00,${id}`));
    await command(`${run}/pay`);
    await approveRun(runs);
    await statementsThat(run, { [a.username]: { status: "unpaid" } });
    const confirmed = await command(`${run}/results`, report(`Completed,USD,-40.00,${id}`));
    expect(confirmed.json).toMatchObject({ paid: 0, faults: [{ line: 2, code: "payment_taken_back" }] });
  });

  test("is named by the reconciliation if it was marked as paid before", async () => {
    const { a, run, statements } = await approveWithoutGates({ payable: true });
    const { id } = statements[a.username];
    await command(`${run}/pay`);
    await statementsThat(run, { [a.username]: { status: "paid" } });
    await command(`${run}/results`, report(`On Hold,USD,-40.00,${id}`));
    expect((await admin("GET", `${run}/reconciliation`)).json.differences).toEqual([
      `${id} is marked as paid, but: The payment provider reports it as “On Hold”.`,
    ]);
  });
});
