/** Runs the curl command of every call as it is printed, in the order of the reference, against `npm run dev` in a copy. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { calls } from "../../../src/api/reference/calls.ts";
import { PREPARATION, writeSample } from "../../../src/api/reference/write-sample.ts";
import { type CopiedProject, startCopy } from "../../docs/copied-project.ts";
import { runBlocks } from "../../docs/run-blocks.ts";

/** The port that the reference names. */
const PRINTED = "http://localhost:8787";
/** What is drafted or sold reaches the lists within moments. */
const WAIT = "sleep 2";

const folder = mkdtempSync(join(tmpdir(), "lastclick-samples-"));
let project: CopiedProject;

beforeAll(async () => {
  project = await startCopy(mkdtempSync(join(folder, "project-")));
}, 600_000);

afterAll(async () => {
  await project?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("every example works as printed", { tags: ["deep"] }, async () => {
  const tried = calls.filter(({ sample }) => sample.unavailable === undefined);
  const untried = calls.filter((call) => !tried.includes(call)).map(({ id }) => id);
  // The demo stores all clicks, has no bucket for backups, sends no email, and has applications with new ids.
  expect(
    untried.filter(
      (id) => !/DeadClicks$|Backups?$|^inviteUser$|^remindAffiliate$|^(get|approve|reject)Application$/.test(id),
    ),
  ).toEqual([]);
  const samples = tried.map((call) => `${writeSample(call)}\n${call.route.startsWith("POST") ? WAIT : ""}`);
  const blocks = [PREPARATION, ...samples].map((code, line) => ({
    line,
    code: code.replaceAll(PRINTED, project.origin),
  }));
  const results = await runBlocks(blocks, { cwd: project.folder, scratch: mkdtempSync(join(folder, "shell-")) });
  const named = results.map((result) => ({ call: tried[result.line - 1]?.id ?? "preparation", ...result }));
  const faults = named.filter(
    ({ call, exit_code, statuses }) =>
      exit_code !== 0 || statuses.some((status) => status >= 400) || (call !== "preparation" && statuses.length === 0),
  );
  expect(faults).toEqual([]);
  expect(results).toHaveLength(blocks.length);
});
