/** The merchant's reason for an enrollment's status: kept, shown to the affiliate, audited, and erased with the person. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../portal/session.ts";
import { admin, setUp } from "../support/story.ts";
import { listAudited } from "../support/users.ts";

const REASON = "No <b>content</b> yet";

async function enrolled() {
  const { program, a } = await setUp({ affiliates: 1 });
  const path = `/v1/programs/${program}/enrollments/${a.username}`;
  const audited = async () => {
    const entries = await listAudited(`action = 'enrollment.updated' AND subject = '${a.username}'`);
    return entries.map(({ before, after }) => [JSON.parse(before ?? ""), JSON.parse(after ?? "")]);
  };
  return { program, a, path, audited };
}

test("a reason is read by its affiliate as text, until the status changes", async () => {
  const { program, a, path, audited } = await enrolled();
  const { json } = await admin("PATCH", path, { status: "rejected", reason: REASON });
  expect(json).toMatchObject({ status: "rejected", reason: REASON });
  const { open } = await signIn(a.username);
  for (const page of ["/app", "/app/program"]) {
    const { html } = await open(`${page}?program=${program}`);
    expect(bodyOf(html)).toContain("The merchant’s reason: No &lt;b&gt;content&lt;/b&gt; yet");
  }
  await admin("PATCH", path, { status: "approved" });
  expect((await admin("GET", path)).json).toMatchObject({ status: "approved", reason: null });
  expect((await open(`/app?program=${program}`)).html).not.toContain("The merchant’s reason");
  expect(await audited()).toEqual([
    [
      { status: "approved", reason: null },
      { status: "rejected", reason: REASON },
    ],
    [
      { status: "rejected", reason: REASON },
      { status: "approved", reason: null },
    ],
  ]);
});

test("a reason without a status is refused", async () => {
  const { path } = await enrolled();
  const { status, json } = await admin("PATCH", path, { group: "default", reason: REASON });
  expect([status, json.code, json.field]).toEqual([422, "invalid_reason", "reason"]);
});

test("a bulk row gives a reason to a new status, a new enrollment, or the status that it has", async () => {
  const { program, a, path } = await enrolled();
  const bulk = (row: object) => {
    const headers = { "Idempotency-Key": crypto.randomUUID() };
    const rows = [{ affiliate: a.username, ...row }];
    return admin("POST", `/v1/programs/${program}/enrollments/bulk`, { rows }, headers);
  };
  const reason = async () => (await admin("GET", path)).json.reason;
  await bulk({ status: "suspended", reason: "One" });
  expect(await reason()).toBe("One");
  await bulk({ status: "suspended", reason: "Two" });
  expect(await reason()).toBe("Two");
  await bulk({ status: "suspended" });
  await bulk({ group: "default", reason: "For the audit log" });
  expect(await reason()).toBe("Two");
  await admin("POST", "/v1/affiliates", {
    ...{ username: `new-${a.username}`, name: "New", email: `new-${a.username}@example.com` },
  });
  await bulk({ affiliate: `new-${a.username}`, status: "pending", reason: "Three" });
  const added = await admin("GET", `/v1/programs/${program}/enrollments/new-${a.username}`);
  expect(added.json).toMatchObject({ status: "pending", reason: "Three" });
});

test("reasons are erased with the person", async () => {
  const { a, path } = await enrolled();
  await admin("PATCH", path, { status: "rejected", reason: "Ada Byron asked for it" });
  await admin("POST", `/v1/affiliates/${a.username}/erase`);
  expect((await admin("GET", path)).json.reason).toBeNull();
  const { results } = await env.DB.prepare("SELECT * FROM enrolment_statuses").all();
  expect(JSON.stringify([results, await listAudited()])).not.toContain("Ada Byron asked");
});
