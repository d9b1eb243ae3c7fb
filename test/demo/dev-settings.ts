/** The files and ports of `npm run dev`. */
import { resolve } from "node:path";
import { DemoError } from "./demo-error.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** wrangler's own default folder for local data. It also contains the demo's state, so that deleting it deletes both. */
export const STATE_FOLDER = resolve(ROOT, ".wrangler/state");

export const DEV_VARS_FILE = resolve(ROOT, ".dev.vars");

const PORT_MAX = 65_535;

/** Reads a port from the environment. Throws a {@link DemoError} that names the variable. */
export function readPort(name: "PORT" | "SHOP_PORT", fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port <= PORT_MAX) return port;
  throw new DemoError(`${name} must be a port number from 1 to ${PORT_MAX}, not "${text}".`);
}
