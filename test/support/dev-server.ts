/** A real server for tests and the demo: the project's own `wrangler dev`, offline, with its data in a folder of your choice. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { delimiter, dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../..");
const BIN = resolve(ROOT, "node_modules/.bin");
const KEY_BYTES = 32;
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 5_000;
const POLL_MS = 100;
const LOG_MAX_CHARACTERS = 20_000;

/** How a server is to be started. */
export interface DevServerOptions {
  /** Where D1, the objects and the queue keep their data; migrations are applied to it. */
  persistTo: string;
  /** A free one where it is left out. */
  port?: number;
  /** Another entry file than that of wrangler.toml, from the project's root. */
  main?: string;
  /** Settings and bindings of type var. ADMIN_TOKEN, TOKEN_KEYS and VAULT_KEY are random unless they are here. */
  vars?: Record<string, string>;
  /** The settings come from `.dev.vars`, whose ADMIN_TOKEN this is, and wrangler reads them there itself. */
  devVars?: { ADMIN_TOKEN: string };
  /** Takes what the server prints, which is then only its warnings and errors. */
  onWarning?: (text: string) => void;
}

/** A server that answers. */
export interface DevServer {
  /** `http://localhost:<port>`: browsers accept `Secure` cookies there. */
  origin: string;
  /** The bearer token of admin calls. */
  adminToken: string;
  /** What the server has printed so far, the last part of it. */
  log: () => string;
  /** Resolves when the server has ended, whoever ended it. */
  exited: Promise<unknown>;
  /** Ends the server and everything that it started. */
  stop: () => Promise<void>;
}

/** Applies the migrations, starts the server and waits until it is healthy. Throws with the server's output where it is not. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const port = options.port ?? (await findFreePort());
  const persistTo = resolve(options.persistTo);
  const { devVars } = options;
  const vars: Record<string, string> = {
    ...(devVars === undefined && { ADMIN_TOKEN: randomKey(), TOKEN_KEYS: randomKey(), VAULT_KEY: randomKey() }),
    ...options.vars,
  };
  await migrate(persistTo);
  const args = [
    "dev",
    ...(options.main === undefined ? [] : [options.main]),
    ...["--port", String(port), "--ip", "127.0.0.1", "--inspector-port", String(await findFreePort())],
    ...["--persist-to", persistTo, "--show-interactive-dev-session=false"],
    ...Object.entries(vars).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
  ];
  const server = run(args, options.onWarning);
  const origin = `http://localhost:${port}`;
  try {
    await waitUntilHealthy(origin, server);
  } catch (error) {
    await server.stop();
    throw error;
  }
  const { log, exited, stop } = server;
  return { origin, adminToken: devVars?.ADMIN_TOKEN ?? vars.ADMIN_TOKEN ?? "", log, exited, stop };
}

async function migrate(persistTo: string): Promise<void> {
  const migration = run(["d1", "migrations", "apply", "DB", "--local", "--persist-to", persistTo]);
  const code = await migration.exited;
  if (code !== 0) throw new Error(`The migrations failed (exit ${code}):\n${migration.log()}`);
}

interface Run {
  exited: Promise<number | null>;
  hasExited: () => boolean;
  log: () => string;
  stop: () => Promise<void>;
}

/** Runs wrangler in a process group of its own, so that nothing of it outlives `stop`. */
function run(args: string[], onWarning?: (text: string) => void): Run {
  const child = spawn(resolve(BIN, "wrangler"), args, {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // The project's own Node first: wrangler refuses an old one.
      PATH: [BIN, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
      CI: "1",
      NO_COLOR: "1",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_HIDE_BANNER: "true",
      // Nothing is asked of the network: where the visitor is comes from Miniflare's placeholder.
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      ...(onWarning !== undefined && { WRANGLER_LOG: "warn" }),
    },
  });
  let log = "";
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-LOG_MAX_CHARACTERS);
    onWarning?.(chunk.toString());
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  let over = false;
  const exited = new Promise<number | null>((done) => {
    child.once("error", (error) => {
      keep(Buffer.from(`${error}\n`));
      over = true;
      done(null);
    });
    child.once("close", (code) => {
      over = true;
      process.off("exit", killNow);
      done(code);
    });
  });
  const killNow = () => signalGroup(child, "SIGKILL");
  process.once("exit", killNow);
  const stop = async () => {
    signalGroup(child, "SIGTERM");
    await Promise.race([exited, sleep(STOP_TIMEOUT_MS)]);
    // What ignored the first signal, or was left behind by its parent.
    signalGroup(child, "SIGKILL");
    await exited;
    process.off("exit", killNow);
  };
  return { exited, hasExited: () => over, log: () => log, stop };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

async function waitUntilHealthy(origin: string, server: Run): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let last = "no answer";
  while (Date.now() < deadline) {
    if (server.hasExited()) throw new Error(`wrangler dev ended before it answered:\n${server.log()}`);
    try {
      const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(STOP_TIMEOUT_MS) });
      last = `${response.status} ${await response.text()}`;
      if (response.ok) return;
    } catch (error) {
      last = String(error);
    }
    await sleep(POLL_MS);
  }
  throw new Error(`${origin}/healthz was not well within ${START_TIMEOUT_MS} ms (${last}):\n${server.log()}`);
}

/** A port that is free now; another process may still take it before it is used. */
function findFreePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => done(port));
    });
  });
}

/** 32 random bytes in base64url, as TOKEN_KEYS and VAULT_KEY want them. */
function randomKey(): string {
  return Buffer.from(randomBytes(KEY_BYTES)).toString("base64url");
}
