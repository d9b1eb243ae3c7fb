import { type Env, readMailSettings, readSettings, SettingError } from "../env.ts";
import { logError } from "../lib/platform/log.ts";

/** Checks that the tables exist, and the newest SQLite function that storing clicks needs. */
const CHECK_DATABASE = "SELECT (SELECT count(*) FROM (SELECT 1 FROM programs LIMIT 1)) FROM jsonb_each('[1]')";

/** Answers `GET /healthz`: 200 with the checks, or 503 if one failed. */
export async function checkHealth(env: Env): Promise<Response> {
  const checks = {
    settings: await check(() => checkSettings(env)),
    database: await check(() => env.DB.prepare(CHECK_DATABASE).first()),
  };
  const isHealthy = Object.values(checks).every((result) => result === "ok");
  const body = { status: isHealthy ? "ok" : "failing", checks };
  return Response.json(body, { status: isHealthy ? 200 : 503, headers: { "Cache-Control": "no-store" } });
}

function checkSettings(env: Env): void {
  readSettings(env);
  const { fault } = readMailSettings(env);
  if (fault !== null) throw new SettingError(fault);
}

async function check(work: () => unknown): Promise<string> {
  try {
    await work();
    return "ok";
  } catch (error) {
    logError("health_check_failed", { error });
    return error instanceof Error && error.name === "SettingError" ? error.message : "failed";
  }
}
