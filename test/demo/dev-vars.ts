/** The secrets of local development, in `.dev.vars`: made once, never changed. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { DemoError } from "./demo-error.ts";

const KEY_BYTES = 32;
const ADMIN_TOKEN_MIN_CHARACTERS = 20;

/** The variables that the Worker needs. */
export interface DevVars {
  ADMIN_TOKEN: string;
  TOKEN_KEYS: string;
  VAULT_KEY: string;
}

const makeKey = () => Buffer.from(randomBytes(KEY_BYTES)).toString("base64url");
const isKey = (text: string) => /^[\w-]+=*$/.test(text) && Buffer.from(text, "base64url").length === KEY_BYTES;

const RULES: { [Name in keyof DevVars]: { is: (text: string) => boolean; must: string } } = {
  ADMIN_TOKEN: {
    is: (text) => text.length >= ADMIN_TOKEN_MIN_CHARACTERS,
    must: `must have at least ${ADMIN_TOKEN_MIN_CHARACTERS} characters`,
  },
  TOKEN_KEYS: {
    is: (text) => text.split(",").every((key) => isKey(key.trim())),
    must: `must be ${KEY_BYTES} random bytes in base64url, or several such keys with commas between them`,
  },
  VAULT_KEY: { is: (text) => isKey(text.trim()), must: `must be ${KEY_BYTES} random bytes in base64url` },
};

/** Writes a `.dev.vars` with random secrets where there is none; says whether it did. */
export function createDevVars(path: string): boolean {
  if (existsSync(path)) return false;
  const lines = Object.keys(RULES).map((name) => `${name}=${makeKey()}`);
  const header = "# Written by `npm run dev`, for this machine only. What each is for: .dev.vars.example";
  writeFileSync(path, `${[header, ...lines].join("\n")}\n`, { flag: "wx", mode: 0o600 });
  return true;
}

/** Reads `.dev.vars`. Throws a {@link DemoError} that names the variable at fault. */
export function readDevVars(path: string): DevVars {
  if (!existsSync(path)) throw new DemoError("There is no .dev.vars yet: `npm run dev` writes it.");
  const found = parseEnv(readFileSync(path, "utf8"));
  const read = (name: keyof DevVars): string => {
    const text = found[name];
    if (!text) throw new DemoError(`${name} is missing in .dev.vars: see .dev.vars.example for what it is.`);
    if (!RULES[name].is(text)) throw new DemoError(`${name} in .dev.vars ${RULES[name].must}: see .dev.vars.example.`);
    return text;
  };
  return { ADMIN_TOKEN: read("ADMIN_TOKEN"), TOKEN_KEYS: read("TOKEN_KEYS"), VAULT_KEY: read("VAULT_KEY") };
}
