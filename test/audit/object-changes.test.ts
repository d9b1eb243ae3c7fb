/** Changes of objects reach the audit log through the objects' outboxes. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { describeChange, projectAuditEntry } from "../../src/audit/audit-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { admin, eventually, setUp } from "../support/story.ts";

async function listEntries(action: string) {
  const { results } = await env.DB.prepare("SELECT * FROM audit_entries WHERE action = ?").bind(action).all();
  return results;
}

describe("a change of an object", () => {
  test("is in the audit log once, with its actor", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const path = `/v1/programs/${program}/affiliates/${a.username}/adjustments`;
    const body = { amount: -1_250, currency: "USD", reason: "Paid twice in March" };
    for (const status of [201, 200]) {
      expect(await admin("POST", path, body, { "Idempotency-Key": "key-1" })).toMatchObject({ status });
    }
    expect(await admin("POST", path, body, { "Idempotency-Key": "key-2" })).toMatchObject({ status: 201 });
    await eventually(async () => expect(await listEntries("adjustment.created")).toHaveLength(2));
    for (const entry of await listEntries("adjustment.created")) {
      expect(entry).toMatchObject({
        ...{ actor_kind: "key", actor: "first", key_id: "first", action: "adjustment.created" },
        ...{ subject_type: "affiliate", subject: a.username, before: null, after: JSON.stringify(body) },
      });
    }
  });

  test("is in the audit log once, even if the object sends it twice", async () => {
    const by = { actor_kind: "system", actor: "job", key_id: null } as const;
    const change = { action: "thing.changed", program_id: null, subject_type: "thing", subject: "t", before: null };
    const message = describeChange(by, { ...change, after: { n: 1 } }, Date.now());
    for (const _ of [1, 2]) await projectAuditEntry(openDatabase(env.DB), message);
    expect(await listEntries("thing.changed")).toMatchObject([{ id: message.entry.id, after: '{"n":1}' }]);
  });
});
