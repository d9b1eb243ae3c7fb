import { describe, expect, test } from "vitest";
import { readCsv } from "../../../src/lib/csv.ts";
import { approveRun, command, download, setUpPayDay, statementsThat } from "../../flow/pay-day.ts";
import { bodyOf, signIn } from "../../portal/session.ts";
import { admin, send } from "../../support/story.ts";

/** One affiliate that was paid $40.00, and one whose payout is blocked. */
async function payOne() {
  const story = await setUpPayDay(2);
  const { a, runs, program } = story;
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "a.payee@example.org" });
  const run = `${runs}/${await approveRun(runs)}`;
  await command(`${run}/pay`);
  const statements = await statementsThat(run, { [a.username]: { status: "paid" } });
  return { ...story, run, statements, query: `?program=${program}` };
}

describe("an affiliate's statements", () => {
  test("are listed, each with its entries and its status", async () => {
    const { a, b, query, statements } = await payOne();
    const { open } = await signIn(a.username);
    const list = (await open("/app/payouts")).html;
    expect(list).toMatch(/<a href="\/app\/payouts\/1\?program=[^"]*">Statement 1, /);
    expect(list).toContain("$40.00");
    const { status, html } = await open(`/app/payouts/1${query}`);
    expect(status).toBe(200);
    for (const text of ["$40.00 was paid on", "40% of $100.00 by rule 1", statements[a.username].id]) {
      expect(html).toContain(text);
    }
    expect(html).toMatch(/Carried over to the next statement<\/span> <strong>\$0\.00/);
    expect(bodyOf(html)).not.toMatch(/a\.payee@example\.org|undefined|\[object/);
    const other = (await (await signIn(b.username)).open(`/app/payouts/1${query}`)).html;
    expect(other).toContain("Add a payout method to get paid.");
    expect(other).toContain("Nothing was paid. $80.00 was carried over to the next statement.");
  });

  test("are linked from the timeline of the sales they include", async () => {
    const { a, b, query } = await payOne();
    const stepsOf = async (username: string) => {
      const { open } = await signIn(username);
      const [, path = ""] = /href="(\/app\/conversions\/cv_[^"?]+)/.exec((await open("/app/conversions")).html) ?? [];
      const { html } = await open(path);
      return { html: html.slice(html.indexOf("Timeline</h2>"), html.indexOf("Commission</h2>")), open };
    };
    const paid = await stepsOf(a.username);
    const [, statement = "", name] = /<a href="(\/app\/payouts\/[^"]+)">(Statement [^<]+)<\/a>/.exec(paid.html) ?? [];
    expect([statement, name]).toEqual([`/app/payouts/1${query}`, "Statement 1: paid"]);
    expect(paid.html).toContain("$40.00 was paid on");
    expect((await paid.open(statement)).status).toBe(200);
    const carried = await stepsOf(b.username);
    expect(carried.html).toContain("Statement 1: carried over");
    expect(carried.html).toContain("$80.00 was carried over to the next statement.");
  });

  test("are available as files to the affiliate and the merchant", async () => {
    const { a, program, query } = await payOne();
    const { cookie } = await signIn(a.username);
    const response = await send(`/app/payouts/1.csv${query}`, { headers: { Cookie: cookie } });
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toBe(
      `attachment; filename="${program}-${a.username}-statement-1.csv"`,
    );
    const text = await response.text();
    expect(readCsv(text).rows.map(({ cells }) => [cells[0], cells[2]])).toEqual([
      ["line", "amount"],
      ["Opening balance", "0.00"],
      ["Commission", "40.00"],
      ["Total", "40.00"],
      ["Paid", "40.00"],
      ["Carried over", "0.00"],
    ]);
    const base = `/v1/programs/${program}/affiliates/${a.username}/statements`;
    expect((await download(`${base}/1.csv`)).text).toBe(text);
    const document = await download(`${base}/1.html`);
    expect(document).toMatchObject({ status: 200, type: "text/html; charset=UTF-8" });
    expect(document.text).toMatch(/^<!doctype html><html lang="en">[\s\S]*@media print[\s\S]*Statement 1/);
    expect(document.text).not.toMatch(/<script|https?:\/\//);
    for (const path of [`${base}/2.csv`, `${base}/2.html`, `${base}/0.csv`]) {
      expect((await download(path)).status).toBe(404);
    }
    expect((await admin("GET", `${base}/1`)).json).toMatchObject({ number: 1, payable: 4_000 });
  });

  test("that don't exist return 404", async () => {
    const { a, query } = await payOne();
    const { open } = await signIn(a.username);
    for (const file of ["2", "2.csv", "0", "1x", "1.pdf"]) {
      expect((await open(`/app/payouts/${file}${query}`)).status, file).toBe(404);
    }
  });

  test("of another affiliate or program return 404", async () => {
    const { program } = await payOne();
    const stranger = await setUpPayDay(1);
    const { open } = await signIn(stranger.a.username);
    for (const path of ["/app/payouts", "/app/payouts/1", "/app/payouts/1.csv"]) {
      expect((await open(`${path}?program=${program}`)).status).toBe(404);
    }
    // It has no statements in its own program yet.
    expect((await open("/app/payouts/1")).status).toBe(404);
    expect((await open("/app/payouts")).html).toContain("No statements yet.");
    expect((await send(`/app/payouts/1.csv?program=${program}`)).status).toBe(401);
  });

  test("change only in the affiliate's name when it is erased", async () => {
    const { a, program, run } = await payOne();
    const base = `/v1/programs/${program}/affiliates/${a.username}/statements`;
    const csv = await download(`${base}/1.csv`);
    const { to, ...statement } = (await admin("GET", `${base}/1`)).json;
    await admin("POST", `/v1/affiliates/${a.username}/erase`);
    expect(await download(`${base}/1.csv`)).toEqual(csv);
    expect((await admin("GET", `${base}/1`)).json).toEqual({ ...statement, to: { ...to, name: "Erased affiliate" } });
    expect((await admin("GET", run)).json.paid.USD.amount).toBe(4_000);
  });
});
