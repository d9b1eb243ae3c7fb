/** The state that the demo's processes share. The files are next to the database and are deleted with it. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Endpoints } from "./demo-api.ts";

/** The content of `demo.json`. */
export interface DemoState {
  /** The first midnight of the demo's four weeks, ms. It is fixed, so that an interrupted seeding can continue. */
  anchor: number;
  /** Shows whether the database was encrypted with today's VAULT_KEY, without revealing it. */
  vault_fingerprint: string;
  /** The origin of the links' destination URLs. */
  shop_origin: string;
  endpoints: Endpoints;
  /** The program numbers in click tokens, by program. */
  program_ids: Record<string, number>;
  /** Whether the database has all of the demo's data, with correct totals. */
  seeded: boolean;
  /** The origin at which Lastclick was last served. */
  origin: string | null;
}

const fileOf = (folder: string) => join(folder, "demo.json");
const lastClickFileOf = (folder: string) => join(folder, "demo-last-click.json");

/** Reads the state; null if there is none. */
export function readState(folder: string): DemoState | null {
  return existsSync(fileOf(folder)) ? JSON.parse(readFileSync(fileOf(folder), "utf8")) : null;
}

/** Saves the state. If the process dies meanwhile, the previous state stays. */
export function saveState(folder: string, state: DemoState): void {
  write(fileOf(folder), state);
}

export function deleteState(folder: string): void {
  rmSync(fileOf(folder), { force: true });
  rmSync(lastClickFileOf(folder), { force: true });
}

export function fingerprintOf(vaultKey: string): string {
  return createHash("sha256").update(`lastclick demo\n${vaultKey}`).digest("hex").slice(0, 16);
}

/** A click that arrived at the demo shop. */
export interface LastClick {
  program: string;
  token: string;
}

/** The click that arrived last; null before the first. */
export function readLastClick(folder: string): LastClick | null {
  const file = lastClickFileOf(folder);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

export function saveLastClick(folder: string, click: LastClick): void {
  write(lastClickFileOf(folder), click);
}

function write(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
