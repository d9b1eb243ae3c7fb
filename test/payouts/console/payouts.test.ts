/** The console's pages of payout runs: draft, review, approval, files, reports, outside payments, cancellation. */
import { describe, expect, test } from "vitest";
import { bodyOf, signIn } from "../../console/session.ts";
import { command, makePayable, storyWithSales } from "../../support/payout-story.ts";
import { admin, eventually, ORIGIN, send } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";

type User = Awaited<ReturnType<typeof createUser>>;

/** Signs a user in with a link that no other user has had. */
async function enter(user: User, opener: Pick<User, "call"> = { call: admin }) {
  const { json } = await opener.call("POST", `/v1/users/${user.id}/sign-in-link`);
  return signIn({ token: new URL(json.url).searchParams.get("token") ?? "" });
}

const session = async (role: Parameters<typeof createUser>[0]) => enter(await createUser(role));

/** A program with one affiliate, whose sale of 400.00 USD pays 80.00. */
async function makeStory(options: { is_payable?: boolean; approvals?: number } = {}) {
  const story = await storyWithSales("kartra", ["2026-01-03"]);
  if (options.is_payable ?? true) await makePayable(story.a.username);
  if (options.approvals !== undefined) {
    await admin("PATCH", `/v1/programs/${story.program}`, { payout_approvals: options.approvals });
  }
  return { ...story, page: `/admin/programs/${story.program}/payouts` };
}

async function drafted(story: Awaited<ReturnType<typeof makeStory>>, token?: string) {
  const { json } = await command(story.runs, { month: "2026-03" }, token === undefined ? {} : { token });
  await arrival(`${story.runs}/${json.id}`);
  return { id: String(json.id), path: `${story.page}/${json.id}` };
}

/** Waits until all statements of a run have arrived. */
const arrival = (run: string) =>
  eventually(async () => expect((await admin("GET", `${run}/statements`)).json).toMatchObject({ complete: true }));

const textOf = (html: string) => html.replaceAll(/<[^>]*>/g, "").replaceAll(/\s+/g, " ");

/** Uploads a file as a browser does. */
async function upload(path: string, cookie: string, report: string) {
  const body = new FormData();
  body.set("report", new File([report], "report.csv", { type: "text/csv" }));
  body.set("form_key", `upload-${report.length}`);
  const headers = { Cookie: cookie, Origin: ORIGIN, "Sec-Fetch-Site": "same-origin" };
  const response = await send(path, { method: "POST", headers, body });
  return { status: response.status, html: bodyOf(await response.text()) };
}

describe("a run", () => {
  test("is drafted, approved after its effect was shown, reported and finished", async () => {
    const story = await makeStory();
    const finance = await session("finance");
    expect((await finance.open(story.page)).html).toContain("No payout runs yet.");
    const made = await finance.post(story.page, { month: "2026-03", window: "", form_key: "draft-1" });
    const path = (made.headers.get("location") ?? "").replace("?done=drafted", "");
    expect([made.status, path]).toEqual([303, expect.stringContaining(`${story.page}/run_`)]);
    expect(textOf((await finance.open(path)).html)).toContain(
      "Waiting for approval: check the statements, then approve.",
    );
    await arrival(`${story.runs}/${path.split("/").at(-1)}`);
    expect(textOf((await finance.open(path)).html)).toContain("Affiliate a");

    const asked = bodyOf(await (await finance.post(`${path}/approve`)).text());
    expect(textOf(asked)).toContain("Approves 1 payment, $80.00");
    expect((await admin("GET", `${story.runs}/${path.split("/").at(-1)}`)).json.status).toBe("draft");
    const approved = await finance.post(`${path}/approve`, { confirmed: "yes", form_key: "approve-1" });
    expect(approved.headers.get("location")).toBe(`${path}?done=approved`);
    const page = (await finance.open(path)).html;
    expect(textOf(page)).toContain("Approved: download the files and pay.");
    expect(textOf(page)).toMatch(/paypal-usd-1\.csv.*PayPal.*1.*\$80\.00/);

    const file = await send(`${path}/files/paypal-usd-1.csv`, { headers: { Cookie: finance.cookie } });
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="paypal-usd-1.csv"');
    const [, id = ""] = /(st_\d+_\d+_1)/.exec(await file.text()) ?? [];
    const none = await upload(`${path}/results`, finance.cookie, "");
    expect([none.status, textOf(none.html)]).toEqual([422, expect.stringContaining("Choose the report’s file.")]);
    const bad = await upload(`${path}/results`, finance.cookie, "Name\nnobody\n");
    expect([bad.status, textOf(bad.html)]).toEqual([422, expect.stringContaining("Report: ")]);
    const report = await upload(`${path}/results`, finance.cookie, `Unique ID,Status\n${id},Completed\n`);
    expect([report.status, textOf(report.html)]).toEqual([200, expect.stringContaining("1 recorded as paid")]);
    expect(textOf(report.html)).toContain("Payments are reported");

    expect(textOf(bodyOf(await (await finance.post(`${path}/pay`)).text()))).toContain("1 payment, $80.00");
    await finance.post(`${path}/pay`, { confirmed: "yes", form_key: "pay-1" });
    expect(textOf((await finance.open(path)).html)).toContain("Paid: nothing is left to do.");
    const check = textOf((await finance.open(`${path}/reconciliation`)).html);
    expect(check).toContain("Adds up");
    expect(textOf((await finance.open(`${story.page}/reconciliation`)).html)).toContain(
      "1 account of this page checked",
    );
    const list = textOf((await finance.open(story.page)).html);
    expect(list).toContain("March 2026Paid Paid: nothing is left to do.1$80.00");
  });

  test("is canceled after a warning, and a second open run is refused beside the form", async () => {
    const story = await makeStory();
    const manager = await session("manager");
    const { path } = await drafted(story);
    const second = await manager.post(story.page, { month: "2026-03", form_key: "draft-2" });
    expect([second.status, await second.text()]).toEqual([
      422,
      expect.stringContaining("already has an open payout run"),
    ]);
    expect((await manager.open(path)).html).not.toContain(`${path}/approve`);
    const asked = textOf(bodyOf(await (await manager.post(`${path}/cancel`)).text()));
    expect(asked).toContain("Cancels 1 payment, $80.00. Its amounts go into the next run.");
    await manager.post(`${path}/cancel`, { confirmed: "yes", form_key: "cancel-1" });
    expect(textOf((await manager.open(path)).html)).toContain("Canceled: its amounts go into the next run.");
  });

  test("says what blocks a payment, and whom to remind", async () => {
    const story = await makeStory({ is_payable: false });
    const finance = await session("finance");
    const { path } = await drafted(story);
    const { html } = await finance.open(`${path}?show=payment_details_missing`);
    const [, reminder = ""] = /action="([^"]+\/remind)"/.exec(html) ?? [];
    const reminded = await finance.post(reminder, { form_key: "remind-1" });
    expect(reminded.headers.get("location")).toBe(`${path}?done=reminded#statements`);
    const again = await finance.post(reminder, { form_key: "remind-2" });
    expect([again.status, await again.text()]).toEqual([
      409,
      expect.stringContaining("was reminded in the last 7 days"),
    ]);
    const viewer = (await (await session("viewer")).open(`${path}?show=payment_details_missing`)).html;
    expect(viewer).toContain(`mailto:${encodeURIComponent(`${story.a.username}@example.com`)}?subject=`);
    expect(textOf(html)).toContain("Nothing is paid: see what blocks the statements, or cancel.");
    expect((await finance.open(`${path}?show=payments`)).html).toContain("This run has no such statements.");
  });

  test("shows a viewer neither its files nor buttons", async () => {
    const story = await makeStory();
    const { id, path } = await drafted(story);
    await command(`${story.runs}/${id}/approve`);
    const { html } = await (await session("viewer")).open(path);
    expect(html).toContain("Approved: download the files and pay.");
    for (const part of ["paypal-usd-1.csv", `${path}/pay`, `${path}/cancel`, "multipart/form-data"]) {
      expect(html).not.toContain(part);
    }
  });
});

describe("a statement", () => {
  test("is paid outside the files and its payment comes back, each after a confirmation", async () => {
    const story = await makeStory();
    const { id, path } = await drafted(story);
    await command(`${story.runs}/${id}/approve`);
    const finance = await session("finance");
    const [statement] = (await admin("GET", `${story.runs}/${id}/statements`)).json.data;
    const page = `${path}/statements/${statement.id}`;
    expect(textOf((await finance.open(page)).html)).toContain("20% of $400.00");
    const open = (name: string) => send(`${page}/${name}`, { headers: { Cookie: finance.cookie } });
    const csv = await open("lines.csv");
    expect([csv.status, await csv.text()]).toEqual([200, expect.stringContaining("80.00")]);
    const document = await open("document.html");
    expect(document.headers.get("content-disposition")).toMatch(/^attachment; filename="[^"]+\.html"$/);
    expect(await document.text()).toContain("Affiliate a");
    const paid_on = new Date().toISOString().slice(0, 10);
    const pay = { method: "check", reference: "1042", paid_on, confirmed: "yes", form_key: "check-1" };
    const refused = await finance.post(`${page}/pay`, pay);
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("contains this payment")]);

    const withheld = textOf(bodyOf(await (await finance.post(`${page}/fail`, { reason: "<b>Closed" })).text()));
    expect(withheld).toContain(
      "The payment of $80.00 to Affiliate a is marked as failed. Reason for the affiliate: &lt;b&gt;Closed",
    );
    await finance.post(`${page}/fail`, { reason: "Closed", confirmed: "yes", form_key: "fail-1" });
    await eventually(async () => {
      const { json } = await admin("GET", `${story.runs}/${id}/statements/${statement.id}`);
      expect(json).toMatchObject({ status: "failed", reason: "Closed", name: "Affiliate a" });
    });

    const asked = textOf(bodyOf(await (await finance.post(`${page}/pay`, { ...pay, confirmed: "" })).text()));
    expect(asked).toContain(
      `The payment of $80.00 to Affiliate a by check, reference 1042, is recorded as paid on ${paid_on}.`,
    );
    await finance.post(`${page}/pay`, { ...pay, form_key: "check-2" });
    await eventually(async () => expect(textOf((await finance.open(page)).html)).toContain("check, reference 1042"));
    const wrong = await finance.post(`${page}/fail`, { reason: "", confirmed: "yes", form_key: "fail-2" });
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('aria-invalid="true"')]);
  });
});

describe("two approvals", () => {
  const approve = { confirmed: "yes", form_key: "approve-1" };

  test("name who approved and who must still, and are two users'", async () => {
    const story = await makeStory({ approvals: 2 });
    const [mia, noah] = [await createUser("owner"), await createUser("finance")];
    const { path } = await drafted(story, mia.key);
    const owner = await enter(mia);
    const { html } = await owner.open(path);
    expect(textOf(html)).toContain("Waiting for a second approval: another user must approve.");
    expect(textOf(html)).toContain(`${mia.name} drafted the run, which counts as an approval.`);
    expect(textOf(html)).toMatch(new RegExp(`One of these must still approve: [^.]*${noah.name}`));
    const again = await owner.post(`${path}/approve`, approve);
    expect([again.status, await again.text()]).toEqual([
      409,
      expect.stringContaining("A second user must approve it."),
    ]);
    const second = await enter(noah);
    expect((await second.post(`${path}/approve`, approve)).headers.get("location")).toBe(`${path}?done=approved`);
    expect(textOf((await second.open(path)).html)).toContain(`${noah.name} approved it`);
  });

  test("aren't two if one user created the sign-in link of the other, whichever comes first", async () => {
    const [mia, noah, zoe] = [await createUser("owner"), await createUser("finance"), await createUser("owner")];
    const byMia = await enter(noah, mia);
    for (const first of ["mia", "noah"]) {
      const story = await makeStory({ approvals: 2 });
      const { id, path } = await drafted(story);
      const own = await enter(mia);
      const [one, other] = first === "mia" ? [own, byMia] : [byMia, own];
      expect((await one.post(`${path}/approve`, approve)).status).toBe(303);
      const refused = await other.post(`${path}/approve`, { ...approve, form_key: "approve-2" });
      expect([refused.status, await refused.text()]).toEqual([
        409,
        expect.stringContaining("created the sign-in link"),
      ]);
      expect((await admin("GET", `${story.runs}/${id}`)).json.status).toBe("draft");
      const byZoe = await enter(noah, zoe);
      const independent = first === "mia" ? byZoe : await enter(zoe);
      await independent.post(`${path}/approve`, { ...approve, form_key: "approve-3" });
      expect((await admin("GET", `${story.runs}/${id}`)).json.status).toBe("approved");
    }
  });

  test("aren't two by a link that was made in a session from the other's link, nor by a draft in one", async () => {
    const story = await makeStory({ approvals: 2 });
    const [mia, zoe, noah] = [await createUser("owner"), await createUser("owner"), await createUser("finance")];
    const asZoe = await enter(zoe, mia);
    const page = await (await asZoe.post(`/admin/users/${noah.id}/sign-in-link`, { form_key: "k" })).text();
    const asNoah = await signIn({ token: /sign-in\?token=([\w-]+)/.exec(page)?.[1] ?? "" });
    const made = await asNoah.post(story.page, { month: "2026-03", form_key: "draft-1" });
    const path = (made.headers.get("location") ?? "").replace("?done=drafted", "");
    await (await enter(mia)).post(`${path}/approve`, approve);
    const refused = await asNoah.post(`${path}/approve`, { ...approve, form_key: "approve-2" });
    expect(refused.status).toBe(409);
    const lowered = await asZoe.post(`/admin/programs/${story.program}/settings/approvals`, { payout_approvals: "1" });
    expect(lowered.status).toBe(403);
  });
});
