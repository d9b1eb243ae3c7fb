/** What the demo must remember between its processes and starts. It lies beside the database, so that they go together. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A programme's endpoint: its secret is shown only once. */
export interface DemoEndpoint {
  id: string;
  secret: string;
}

/** The content of `demo.json`. */
export interface DemoMemory {
  /** The story's first midnight, ms: fixed, so that a seeding that was interrupted goes on as the same story. */
  anchor: number;
  /** Tells whether the database was sealed with the VAULT_KEY of today, and gives nothing of it away. */
  vault_fingerprint: string;
  /** Where the demo's links lead. */
  shop_origin: string;
  /** By programme. */
  endpoints: Record<string, DemoEndpoint>;
  /** By programme: its number in click tokens. */
  program_ids: Record<string, number>;
  /** Everything is in the database and was found right. */
  seeded: boolean;
  /** Where Lastclick was last served. */
  origin: string | null;
}

const fileOf = (folder: string) => join(folder, "demo.json");
const lastClickFileOf = (folder: string) => join(folder, "demo-last-click.json");

/** Reads the memory, null where there is none. */
export function readMemory(folder: string): DemoMemory | null {
  return existsSync(fileOf(folder)) ? JSON.parse(readFileSync(fileOf(folder), "utf8")) : null;
}

/** Keeps the memory: all of it or, should the process die, none of it. */
export function keepMemory(folder: string, memory: DemoMemory): void {
  write(fileOf(folder), memory);
}

export function forgetMemory(folder: string): void {
  rmSync(fileOf(folder), { force: true });
  rmSync(lastClickFileOf(folder), { force: true });
}

export function fingerprintOf(vaultKey: string): string {
  return createHash("sha256").update(`lastclick demo\n${vaultKey}`).digest("hex").slice(0, 16);
}

/** A click that landed in the shop. */
export interface LastClick {
  program: string;
  token: string;
}

/** The click made last, null before the first. */
export function readLastClick(folder: string): LastClick | null {
  const file = lastClickFileOf(folder);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

export function keepLastClick(folder: string, click: LastClick): void {
  write(lastClickFileOf(folder), click);
}

function write(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
