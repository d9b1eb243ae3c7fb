import { eq } from "drizzle-orm";
import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp } from "../../api/layout/api-app.ts";
import { commitChange } from "../../api/layout/commit-change.ts";
import { readPage } from "../../api/layout/read-page.ts";
import type { Database } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { Problem } from "../../lib/problem.ts";
import { deadClicks } from "../tables.ts";
import { oldestStorableTime, replayDeadClicks } from "./dead-click-store.ts";
import { DEAD_CLICKS_CURSOR, listUnreplayed, readDeadClicks, readDeadClicksById, viewDeadClicks } from "./queries.ts";

export function addDeadClickRoutes(app: ApiApp): void {
  app.get("/dead-clicks", allowQuery(...PAGING), async (c) =>
    c.json(await readDeadClicks(c.var.db, readPage(c.req.query(), DEAD_CLICKS_CURSOR))),
  );

  app.get("/dead-clicks/:id", async (c) => {
    const row = await findDeadClicks(c.var.db, c.req.param("id"));
    return c.json({ ...viewDeadClicks(row), body: row.body });
  });

  // One page of messages per call; the next call continues after it, so that failing messages don't block the others.
  app.post("/dead-clicks/replay", allowQuery(...PAGING), async (c) => {
    const { db, now } = c.var;
    const { data, next } = await listUnreplayed(db, readPage(c.req.query(), DEAD_CLICKS_CURSOR));
    const replays = await replayDeadClicks(db, data, timesOf(c.env, now));
    const failed = replays.flatMap(({ row, problem }) =>
      problem === null ? [] : [{ id: row.id, code: problem.code, detail: problem.message }],
    );
    const replayed = replays.length - failed.length;
    const after = { replayed, failed: failed.length };
    const changes = replays.length === 0 ? [] : [{ ...changeOf("all", "replayed"), before: null, after }];
    return commitChange(c, [], changes, { status: 200, body: { replayed, failed, next } });
  });

  app.post("/dead-clicks/:id/replay", async (c) => {
    const { db, now } = c.var;
    const row = await findDeadClicks(db, c.req.param("id"));
    if (row.replayed_at !== null) return c.json({ ...viewDeadClicks(row), status: "already_replayed" });
    const [replay] = await replayDeadClicks(db, [row], timesOf(c.env, now));
    if (replay?.problem) throw replay.problem;
    const body = { ...viewDeadClicks(await findDeadClicks(db, row.id)), status: "replayed" };
    const change = { ...changeOf(row.id, "replayed"), before: null, after: { clicks: row.clicks } };
    return commitChange(c, [], [change], { status: 200, body });
  });

  app.delete("/dead-clicks/:id", async (c) => {
    const row = await findDeadClicks(c.var.db, c.req.param("id"));
    return commitChange(
      c,
      [c.var.db.delete(deadClicks).where(eq(deadClicks.id, row.id))],
      [{ ...changeOf(row.id, "deleted"), before: { clicks: row.clicks, error: row.error }, after: null }],
      { status: 200, body: { ...viewDeadClicks(row), status: "deleted" } },
    );
  });
}

function changeOf(subject: string, verb: string) {
  return { action: `dead_clicks.${verb}`, program_id: null, subject_type: "dead_clicks", subject };
}

function timesOf(env: Env, now: number) {
  return { now, oldest_at: oldestStorableTime(now, readSettings(env).click_retention_days) };
}

async function findDeadClicks(db: Database, id: string) {
  const row = await readDeadClicksById(db, id);
  if (row === null) throw new Problem(404, "dead_clicks_not_found", "No dead clicks have this id.");
  return row;
}
