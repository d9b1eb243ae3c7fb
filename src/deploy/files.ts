/** The files of a deployment, next to wrangler.toml and ignored by Git. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { DeployFault } from "./explain-failure.ts";
import { type KnownSecrets, pickSecrets, writeSecrets } from "./secrets.ts";
import { type DeploySettings, parseSettings, SettingsFault, writeSettings } from "./settings.ts";
import type { WorkerConfig } from "./worker-config.ts";

/** Written by `npm run deploy` from wrangler.toml and the settings. */
export const CONFIG_FILE = ".lastclick.wrangler.json";
export const SETTINGS_FILE = ".lastclick.json";
export const SECRETS_FILE = ".lastclick.secrets";

/** In CI, where the ignored file doesn't exist: its text. */
const SETTINGS_VARIABLE = "LASTCLICK_SETTINGS";
const OWNER_ONLY = 0o600;

/** Reads the settings. Throws a {@link DeployFault} if they are invalid. */
export function readSettings(root: string, env: NodeJS.ProcessEnv): DeploySettings {
  const path = join(root, SETTINGS_FILE);
  const given = env[SETTINGS_VARIABLE];
  if (!given && !existsSync(path)) return {};
  try {
    return parseSettings(given || readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof SettingsFault)) throw error;
    const where = given ? SETTINGS_VARIABLE : SETTINGS_FILE;
    throw new DeployFault({
      problem: `${where} is invalid:\n${error.message}`,
      fix: "Correct it; src/docs/deploy.md lists the settings.",
    });
  }
}

/** Adds ids to the settings file, if they are new. A settings variable is left alone. */
export function saveIds(
  root: string,
  env: NodeJS.ProcessEnv,
  ids: Pick<DeploySettings, "account_id" | "database_id">,
): void {
  if (env[SETTINGS_VARIABLE]) return;
  const before = readSettings(root, env);
  const after = { ...before, ...ids };
  if (JSON.stringify(after) !== JSON.stringify(before)) writeFileSync(join(root, SETTINGS_FILE), writeSettings(after));
}

/** The secrets of the secrets file and, over them, of the environment. */
export function readKnownSecrets(root: string, env: NodeJS.ProcessEnv): KnownSecrets {
  const path = join(root, SECRETS_FILE);
  const saved = existsSync(path) ? parseEnv(readFileSync(path, "utf8")) : {};
  return { ...pickSecrets(saved), ...pickSecrets(env) };
}

/** Saves secrets, for the owner of the file only. */
export function saveSecrets(root: string, secrets: KnownSecrets): void {
  const path = join(root, SECRETS_FILE);
  // The mode is that of a new file: a file that exists keeps its own.
  if (existsSync(path)) chmodSync(path, OWNER_ONLY);
  writeFileSync(path, writeSecrets(secrets), { mode: OWNER_ONLY });
}

/** Writes Wrangler's configuration next to wrangler.toml, because its paths are relative to it. */
export function writeConfig(root: string, config: WorkerConfig, name = CONFIG_FILE): void {
  writeFileSync(join(root, name), `${JSON.stringify(config, null, 2)}\n`);
}

/** Calls `use` with the path of a file of secrets that exists for so long only. */
export async function withSecretsFile<Result>(
  secrets: KnownSecrets,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "lastclick-secrets-"));
  try {
    const path = join(folder, "secrets.json");
    writeFileSync(path, JSON.stringify(secrets), { mode: OWNER_ONLY });
    return await use(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
