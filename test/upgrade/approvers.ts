/**
 * What is intentionally different from the old release, which took the approvals of any two keys: today a run that needs two
 * approvals needs two users, so that two are created after the upgrade.
 */
import { expect } from "vitest";
import type { Steps } from "./continue-story.ts";
import type { Json, Player } from "./player.ts";
import type { Answers } from "./read-answers.ts";

const RUNS = "/v1/programs/hatch/payouts/runs";

/** Creates an owner, and returns the owner's key. */
export async function createApprover(player: Player, at: string, name: string): Promise<string> {
  const email = `${name.toLowerCase()}@merchant.example`;
  const user = await player.must(at, "POST", "/v1/users", { email, name, role: "owner" });
  return (await player.must(at, "POST", "/v1/keys", { name, user: user.id })).key;
}

/** Replaces the keys that approved in the old release by the time of the approval, and expects the keys of the two users too. */
export function expectApprovers({ steps, answers }: { steps: Steps; answers: Answers }): void {
  // Before the upgrade, `ADMIN_TOKEN` approved: the old release refused its second approval, today it counts for nothing.
  steps["run of hatch: approve"] = { status: 200, body: { status: "draft", approvals: [{}] } };
  for (const name of ["approve by another key", "pay"]) dropKeys((steps[`run of hatch: ${name}`] as Json).body);
  for (const run of answers[RUNS]?.body.data ?? []) dropKeys(run);
  const keys = answers["/v1/keys"]?.body;
  keys.data = expect.arrayContaining(keys.data.map((key: Json) => expect.objectContaining(key)));
}

/** June's run. The old release counted who drafted it as the other approval. */
function dropKeys(run: Json): void {
  const at = run.approvals[0]?.at;
  if (at?.startsWith("2026-06-16")) run.approvals = [{ at }, { at }];
}
