/** `GET /healthz`, for uptime monitors and the deploy command. */
import { findMissingMigrations } from "../db/schema-queries.ts";
import { type Env, listSettingFaults } from "../env.ts";
import { logError } from "../lib/platform/log.ts";
import { describeMissing } from "./describe-migrations.ts";
import { judgeSettings } from "./judge-work.ts";

/** A check's result: `ok`, or what is wrong and what to do. */
type Check = "ok" | { status: "failing"; detail: string; fix: string };

/** Whether D1 answers, with the newest SQLite function that storing clicks needs. */
const CHECK_DATABASE = "SELECT count(*) FROM jsonb_each('[1]')";

/** Answers `GET /healthz`: 200 with the checks, or 503 if one failed. */
export async function checkHealth(env: Env): Promise<Response> {
  const database = await checkDatabase(env);
  const checks = { settings: checkSettings(env), database, migrations: await checkMigrations(env, database) };
  const isHealthy = Object.values(checks).every((check) => check === "ok");
  const body = { status: isHealthy ? "ok" : "failing", checks };
  return Response.json(body, { status: isHealthy ? 200 : 503, headers: { "Cache-Control": "no-store" } });
}

function checkSettings(env: Env): Check {
  const { status, detail, fix } = judgeSettings(listSettingFaults(env));
  return status === "ok" ? "ok" : { status: "failing", detail, fix: fix ?? "" };
}

async function checkDatabase(env: Env): Promise<Check> {
  try {
    await env.DB.prepare(CHECK_DATABASE).first();
    return "ok";
  } catch (error) {
    logError("health_check_failed", { check: "database", error });
    return {
      status: "failing",
      detail:
        "D1 doesn't answer. Known links redirect, clicks wait in the queue, and checkouts are asked to send again.",
      fix: "See https://www.cloudflarestatus.com, and the errors in the log with `npx wrangler tail -c .lastclick.wrangler.json`.",
    };
  }
}

async function checkMigrations(env: Env, database: Check): Promise<Check> {
  if (database !== "ok") return { ...database, detail: "Unknown, because D1 doesn't answer." };
  try {
    const missing = describeMissing(await findMissingMigrations(env.DB));
    return missing === null ? "ok" : { status: "failing", ...missing };
  } catch (error) {
    logError("health_check_failed", { check: "migrations", error });
    return {
      status: "failing",
      detail: "The applied migrations can't be read.",
      fix: "Run `npx wrangler d1 migrations list DB --remote -c .lastclick.wrangler.json`, and see the errors in the log with `npx wrangler tail -c .lastclick.wrangler.json`.",
    };
  }
}
