/** A payout run with more affiliates than one invocation may call. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { command, storyWithSales } from "../support/payout-story.ts";
import { admin } from "../support/story.ts";

test("a large payout run continues in steps", { tags: ["deep"] }, async () => {
  const { program, runs } = await storyWithSales("kartra", []);
  const programId = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first<number>("id");
  const first = 1_000_000;
  const many = 1_000;
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO affiliates (id, username, name, email, created_at)
       SELECT value, 'many-' || value, 'Many', 'many-' || value || '@example.com', 0
       FROM (WITH RECURSIVE n(value) AS (SELECT ?1 UNION ALL SELECT value + 1 FROM n WHERE value < ?2) SELECT value FROM n)`,
    ).bind(first, first + many - 1),
    env.DB.prepare(
      "INSERT INTO enrolments (program_id, affiliate_id, status, created_at) SELECT ?1, id, 'approved', 0 FROM affiliates WHERE id >= ?2",
    ).bind(programId, first),
  ]);
  const { json: run } = await command(runs, { month: "2026-03" });
  expect(run).toMatchObject({ status: "drafting", progress: { affiliates: 800 } });
  const done = await admin("POST", `${runs}/${run.id}/steps`);
  expect(done.json).toMatchObject({ status: "draft", progress: { affiliates: many + 1 } });
});
