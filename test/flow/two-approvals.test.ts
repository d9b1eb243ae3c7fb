/** Where a program requires two approvals, they are two users', and fewer approvals need two users as well. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { command, makePayable, storyWithSales } from "../support/payout-story.ts";
import { runCron } from "../support/run-cron.ts";
import { admin, setUp } from "../support/story.ts";
import { createKey, createUser, listAudited } from "../support/users.ts";

const mia = await createUser("owner");
const noah = await createUser("finance");
const zoe = await createUser("owner");

async function makeRun() {
  const story = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(story.a.username);
  const path = `/v1/programs/${story.program}`;
  expect((await admin("PATCH", path, { payout_approvals: 2 })).status).toBe(200);
  const approve = (run: string, token?: string) =>
    command(`${story.runs}/${run}/approve`, undefined, token === undefined ? {} : { token });
  return { ...story, path, approve };
}

describe("a run that needs two approvals", () => {
  test("is approved by a second user, and by no second key of the first", async () => {
    const { runs, approve } = await makeRun();
    const { json: run } = await command(runs, { month: "2026-03" }, { token: mia.key });
    expect((await approve(run.id, mia.key)).json.code).toBe("second_user_needed");
    const { json: another } = await mia.call("POST", "/v1/keys", { name: "Another" });
    expect((await approve(run.id, another.key)).json.code).toBe("second_user_needed");
    expect((await approve(run.id)).json.code).toBe("approval_needs_user");
    expect((await approve(run.id, (await createKey()).key)).json.code).toBe("approval_needs_user");
    const approved = await approve(run.id, noah.key);
    expect(approved.json).toMatchObject({
      status: "approved",
      created_by: mia.key_id,
      approvals: [{ key: noah.key_id, user: noah.id }],
    });
  });

  test("needs two users after a draft by a key without a user, or by a user who can't approve", async () => {
    const { runs, approve } = await makeRun();
    for (const [month, token] of [
      ["2026-03", undefined],
      ["2026-04", (await createUser("manager")).key],
    ] as const) {
      const { json: run } = await command(runs, { month }, token === undefined ? {} : { token });
      expect((await approve(run.id, noah.key)).json).toMatchObject({ status: "draft" });
      expect((await approve(run.id, noah.key)).json.code).toBe("second_user_needed");
      expect((await approve(run.id, mia.key)).json.status).toBe("approved");
      expect((await command(`${runs}/${run.id}/cancel`)).json.status).toBe("cancelled");
    }
  });

  test("isn't approved by one person who is removed and added again, nor by a user whose role was reduced", async () => {
    const { runs, approve } = await makeRun();
    const { json: run } = await command(runs, { month: "2026-03" });
    const left = await createUser("finance");
    const reduced = await createUser("finance");
    expect((await approve(run.id, left.key)).json.status).toBe("draft");
    await admin("DELETE", `/v1/users/${left.id}`);
    const { email, name, role } = left;
    const { json: again } = await admin("POST", "/v1/users", { email, name, role });
    const { json: key } = await admin("POST", "/v1/keys", { name: "Again", user: again.id });
    expect((await approve(run.id, key.key)).json.status).toBe("draft");
    expect((await admin("PATCH", `/v1/users/${again.id}`, { role: "viewer" })).status).toBe(200);
    expect((await approve(run.id, reduced.key)).json.status).toBe("draft");
    const other = await setUp({ affiliates: 1 });
    await admin("PATCH", `/v1/users/${reduced.id}`, { programs: [other.program] });
    expect((await approve(run.id, noah.key)).json.status).toBe("draft");
    expect((await approve(run.id, mia.key)).json.status).toBe("approved");
  });

  test("refuses the second user's approval with the first one's Idempotency-Key, instead of losing it", async () => {
    const { runs } = await makeRun();
    const { json: run } = await command(runs, { month: "2026-03" });
    const approve = ({ call }: typeof mia, key: string) =>
      call("POST", `${runs}/${run.id}/approve`, undefined, { "Idempotency-Key": key });
    expect((await approve(mia, "approve-1")).json.status).toBe("draft");
    expect((await approve(mia, "approve-1")).json).toMatchObject({ status: "draft", approvals: [{ user: mia.id }] });
    expect(await approve(noah, "approve-1")).toMatchObject({
      status: 409,
      json: { code: "idempotency_key_reused" },
    });
    expect((await approve(noah, "approve-2")).json.status).toBe("approved");
  });

  test("reads approvals that an earlier release stored, and doesn't count them", async () => {
    const { runs, approve } = await makeRun();
    const { json: run } = await command(runs, { month: "2026-03" });
    const stored = JSON.stringify([{ key: "first", at: 1, details_wait_days: 3 }]);
    await env.DB.prepare("UPDATE payout_runs SET approvals = ? WHERE id = ?").bind(stored, run.id).run();
    const { json } = await admin("GET", `${runs}/${run.id}`);
    expect(json.approvals).toEqual([{ key: "first", user: null, name: null, at: "1970-01-01T00:00:00.001Z" }]);
    expect((await approve(run.id, mia.key)).json.status).toBe("draft");
    expect((await approve(run.id, noah.key)).json.status).toBe("approved");
  });
});

describe("fewer approvals", () => {
  const lower = { payout_approvals: 1 };
  const approvalsOf = async (path: string) => {
    const { payout_approvals, pending_payout_approvals } = (await admin("GET", path)).json;
    return [payout_approvals, pending_payout_approvals?.requested_by ?? null];
  };

  test("wait for a second owner, and are in the audit log", async () => {
    const { path, program } = await makeRun();
    const first = await mia.call("PATCH", path, lower);
    expect(first).toMatchObject({
      status: 202,
      json: { status: "approval_pending", pending_payout_approvals: { payout_approvals: 1, requested_by: mia.id } },
    });
    expect(await mia.call("PATCH", path, lower)).toMatchObject({ status: 202 });
    expect(await approvalsOf(path)).toEqual([2, mia.id]);
    expect(await zoe.call("PATCH", path, lower)).toMatchObject({ status: 200, json: { payout_approvals: 1 } });
    expect(await approvalsOf(path)).toEqual([1, null]);
    const entries = await listAudited(`subject = '${program}' AND actor_kind = 'user'`);
    expect(entries).toMatchObject([
      { actor: mia.id, action: "program.approvals_change_requested" },
      { actor: zoe.id, action: "program.updated", before: '{"payout_approvals":2}', after: '{"payout_approvals":1}' },
    ]);
  });

  test("can't be requested by a key without a user, nor by one who can't approve", async () => {
    const { path } = await makeRun();
    expect(await admin("PATCH", path, lower)).toMatchObject({ status: 403, json: { code: "approval_needs_user" } });
    const manager = await createUser("manager");
    for (const payout_approvals of [1, 2]) {
      const { program } = await setUp({ affiliates: 1, program: { payout_approvals: 3 - payout_approvals } });
      const call = await manager.call("PATCH", `/v1/programs/${program}`, { payout_approvals });
      expect(call).toMatchObject({ status: 403, json: { code: "role_not_permitted" } });
    }
    expect(await approvalsOf(path)).toEqual([2, null]);
  });

  test("are a call of their own", async () => {
    const { path } = await makeRun();
    const call = await mia.call("PATCH", path, { ...lower, name: "Renamed" });
    expect(call).toMatchObject({ status: 422, json: { code: "invalid_payout_approvals" } });
  });

  test("are withdrawn by sending the number that is in force", async () => {
    const { path } = await makeRun();
    await mia.call("PATCH", path, lower);
    expect(await zoe.call("PATCH", path, { payout_approvals: 2 })).toMatchObject({ status: 200 });
    expect(await approvalsOf(path)).toEqual([2, null]);
    expect((await zoe.call("PATCH", path, lower)).status).toBe(202);
  });

  test("can't be confirmed once the first user isn't an owner any more", async () => {
    const { path } = await makeRun();
    const reduced = await createUser("owner");
    await reduced.call("PATCH", path, lower);
    expect(await approvalsOf(path)).toEqual([2, reduced.id]);
    await admin("PATCH", `/v1/users/${reduced.id}`, { role: "viewer" });
    expect(await approvalsOf(path)).toEqual([2, null]);
    expect(await mia.call("PATCH", path, lower)).toMatchObject({ status: 202 });
    expect(await approvalsOf(path)).toEqual([2, mia.id]);
    expect(await zoe.call("PATCH", path, lower)).toMatchObject({ status: 200 });
  });

  test("can't be confirmed after seven days", async () => {
    const { path, program } = await makeRun();
    await mia.call("PATCH", path, lower);
    await env.DB.prepare(
      `UPDATE approval_requests SET expires_at = ? WHERE program_id = (SELECT id FROM programs WHERE slug = ?)`,
    )
      .bind(Date.now(), program)
      .run();
    expect(await approvalsOf(path)).toEqual([2, null]);
    expect(await zoe.call("PATCH", path, lower)).toMatchObject({ status: 202 });
    expect(await approvalsOf(path)).toEqual([2, zoe.id]);
  });
});

test("a run that the cron drafted needs two users", async () => {
  const { runs, approve } = await makeRun();
  await runCron(Date.parse("2026-03-15T00:07:00Z"));
  const [run] = (await admin("GET", runs)).json.data;
  await command(`${runs}/${run.id}/steps`);
  expect((await approve(run.id, mia.key)).json.status).toBe("draft");
  expect((await approve(run.id, noah.key)).json.status).toBe("approved");
});
