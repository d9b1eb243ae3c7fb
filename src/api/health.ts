import { type Env, readMailSettings, readSettings, SettingError } from "../env.ts";

/** Whether the tables are there, and the newest function of SQLite that storing a click needs. */
const ASK_DATABASE = "SELECT (SELECT count(*) FROM (SELECT 1 FROM programs LIMIT 1)) FROM jsonb_each('[1]')";

/** Answers `GET /healthz`: 200 with what was checked, or 503 where a check failed. */
export async function checkHealth(env: Env): Promise<Response> {
  const checks = {
    settings: await check(() => checkSettings(env)),
    database: await check(() => env.DB.prepare(ASK_DATABASE).first()),
  };
  const isWell = Object.values(checks).every((result) => result === "ok");
  const body = { status: isWell ? "ok" : "failing", checks };
  return Response.json(body, { status: isWell ? 200 : 503, headers: { "Cache-Control": "no-store" } });
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
    console.error("health check failed", error);
    return error instanceof Error && error.name === "SettingError" ? error.message : "failed";
  }
}
