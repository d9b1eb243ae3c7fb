/** The secrets of local development, in `.dev.vars`: created once, never changed. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { DemoError } from "./demo-error.ts";

const KEY_BYTES = 32;
const ADMIN_TOKEN_MIN_CHARACTERS = 20;
const FIX =
  "See .dev.vars.example for what it is. To start over with new secrets and new data, delete .dev.vars and .wrangler/state.";

/** The variables that the Worker needs. */
export interface DevVars {
  ADMIN_TOKEN: string;
  TOKEN_KEYS: string;
  VAULT_KEY: string;
}

const createKey = () => Buffer.from(randomBytes(KEY_BYTES)).toString("base64url");
const isKey = (text: string) => /^[\w-]+=*$/.test(text) && Buffer.from(text, "base64url").length === KEY_BYTES;

const RULES: { [Name in keyof DevVars]: { is: (text: string) => boolean; must: string } } = {
  ADMIN_TOKEN: {
    is: (text) => text.length >= ADMIN_TOKEN_MIN_CHARACTERS,
    must: `must have at least ${ADMIN_TOKEN_MIN_CHARACTERS} characters`,
  },
  TOKEN_KEYS: {
    is: (text) => text.split(",").every((key) => isKey(key.trim())),
    must: `must be ${KEY_BYTES} random bytes in base64url, or several such keys, separated by commas`,
  },
  VAULT_KEY: { is: (text) => isKey(text.trim()), must: `must be ${KEY_BYTES} random bytes in base64url` },
};

/** Creates a `.dev.vars` with random secrets if there is none. Returns whether it did. */
export function createDevVars(path: string): boolean {
  if (existsSync(path)) return false;
  const lines = Object.keys(RULES).map((name) => `${name}=${createKey()}`);
  const header =
    "# Created by `npm run dev`, for this machine only. See .dev.vars.example for what each secret is for.";
  writeFileSync(path, `${[header, ...lines].join("\n")}\n`, { flag: "wx", mode: 0o600 });
  return true;
}

/** Reads `.dev.vars`. Throws a {@link DemoError} that names the invalid variable. */
export function readDevVars(path: string): DevVars {
  if (!existsSync(path)) throw new DemoError("There is no .dev.vars yet. `npm run dev` creates it.");
  const found = parseEnv(readFileSync(path, "utf8"));
  const read = (name: keyof DevVars): string => {
    const text = found[name];
    if (!text) throw new DemoError(`${name} is missing in .dev.vars. ${FIX}`);
    if (!RULES[name].is(text)) throw new DemoError(`${name} in .dev.vars ${RULES[name].must}. ${FIX}`);
    return text;
  };
  return { ADMIN_TOKEN: read("ADMIN_TOKEN"), TOKEN_KEYS: read("TOKEN_KEYS"), VAULT_KEY: read("VAULT_KEY") };
}
