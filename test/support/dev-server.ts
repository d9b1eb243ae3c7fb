/** A real server for tests and the demo: wrangler's dev server, offline, with its data in a folder of your choice. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerCommand, ServerEntry, ServerReply } from "./dev-server-process.ts";

export type { ServerEntry };

const ROOT = resolve(import.meta.dirname, "../..");
const BIN = join(ROOT, "node_modules/.bin");
/** The production entry file. */
const MAIN = "src/index.ts";
const KEY_BYTES = 32;
const REPLY_TIMEOUT_MS = 90_000;
const HEALTH_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;
const LOG_MAX_CHARACTERS = 20_000;

/** Options for starting a server. */
export interface DevServerOptions {
  /** The folder where D1 and the objects keep their data. Migrations are applied to it. */
  persistTo: string;
  /** A free port by default. */
  port?: number;
  /** The entry file, relative to the project's root. The production one by default. */
  main?: string;
  /** Rebuild and reload when a source file changes. False by default. */
  watch?: boolean;
  /** Settings and bindings of type var. ADMIN_TOKEN, TOKEN_KEYS and VAULT_KEY are random by default. */
  vars?: Record<string, string>;
  /** The content of `.dev.vars`, which wrangler reads itself; no secrets are generated then. */
  devVars?: { ADMIN_TOKEN: string };
  /** Receives the server's output: warnings, errors and the Worker's logs at these levels. */
  onWarning?: (text: string) => void;
}

/** A running server. */
export interface DevServer {
  /** `http://localhost:<port>`: browsers accept `Secure` cookies there. */
  origin: string;
  /** The bearer token of admin calls. */
  adminToken: string;
  /** The last part of the server's output so far. */
  log: () => string;
  /** Resolves when the server's process has ended for any reason. */
  exited: Promise<unknown>;
  /** Serves another entry file on the same port and data; the production one by default. */
  switchTo: (entry: Partial<ServerEntry>) => Promise<void>;
  /** Ends the server and everything it started. */
  stop: () => Promise<void>;
}

/** The server did not start, or did not run a command. The message ends with the server's output. */
export class DevServerError extends Error {
  override readonly name = "DevServerError";
  /** The database can't be used, for example because a later version of Lastclick has migrated it. */
  readonly isDatabaseError: boolean;

  constructor(message: string, isDatabaseError = false) {
    super(message);
    this.isDatabaseError = isDatabaseError;
  }
}

/** Starts the server, applies the migrations and waits until it is healthy. Throws a {@link DevServerError} if that fails. */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { devVars, main = MAIN, watch = false, port = await findFreePort() } = options;
  const persistTo = resolve(options.persistTo);
  const vars: Record<string, string> = {
    ...(devVars === undefined && { ADMIN_TOKEN: randomKey(), TOKEN_KEYS: randomKey(), VAULT_KEY: randomKey() }),
    ...options.vars,
  };
  const { send, log, exited, stop } = startProcess(options.onWarning);
  const origin = `http://localhost:${port}`;
  try {
    await send({ do: "start", main, watch, port, persistTo, vars });
    await checkHealth(origin);
  } catch (error) {
    await stop();
    throw error;
  }
  const switchTo: DevServer["switchTo"] = (entry) => send({ do: "switch", main: MAIN, watch: false, ...entry });
  return { origin, adminToken: devVars?.ADMIN_TOKEN ?? vars.ADMIN_TOKEN ?? "", log, exited, switchTo, stop };
}

interface ServerProcess extends Pick<DevServer, "log" | "exited" | "stop"> {
  /** Makes the process run a command. Throws if that fails. */
  send: (command: ServerCommand) => Promise<void>;
}

/** Starts the server's process in its own group, so that `stop` ends all of its processes. */
function startProcess(onWarning?: (text: string) => void): ServerProcess {
  // The project's own Node, because wrangler rejects older versions.
  const child = spawn(join(BIN, "node"), [join(import.meta.dirname, "dev-server-process.ts")], {
    cwd: ROOT,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      ...process.env,
      PATH: [BIN, process.env.PATH ?? ""].join(delimiter),
      NO_COLOR: "1",
      // Loading wrangler is faster when its code is already compiled.
      NODE_COMPILE_CACHE: join(ROOT, "node_modules/.cache/node"),
      WRANGLER_LOG: "warn",
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_WRITE_LOGS: "false",
      // Storing a trace of every request takes half of the runtime's time.
      X_LOCAL_OBSERVABILITY: "false",
      // Stay offline: the visitor's location is Miniflare's placeholder.
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
    },
  });
  let log = "";
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-LOG_MAX_CHARACTERS);
    onWarning?.(chunk.toString());
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const exited = new Promise<void>((done) => {
    child.once("error", (error) => {
      keep(Buffer.from(`${error}\n`));
      done();
    });
    child.once("close", () => {
      process.off("exit", killNow);
      done();
    });
  });
  const killNow = () => signalGroup(child, "SIGKILL");
  process.once("exit", killNow);
  const stop = async () => {
    signalGroup(child, "SIGTERM");
    await Promise.race([exited, sleep(STOP_TIMEOUT_MS)]);
    // Processes that ignored the first signal or outlived their parent.
    signalGroup(child, "SIGKILL");
    await exited;
  };
  const send = async (command: ServerCommand) => {
    const replied = new Promise<ServerReply>((done) => {
      child.once("message", (reply) => done(reply as ServerReply));
    });
    child.send(command);
    const seconds = REPLY_TIMEOUT_MS / 1_000;
    const { error, is_database_error } = await Promise.race([
      replied,
      sleep(REPLY_TIMEOUT_MS, failed(`The server did not answer within ${seconds} seconds.`), { ref: false }),
      exited.then(() => failed("The server ended before it answered.")),
    ]);
    if (error !== null) throw new DevServerError([error, log].join("\n").trim(), is_database_error);
  };
  return { send, log: () => log, exited, stop };
}

const failed = (error: string): ServerReply => ({ error, is_database_error: false });

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has already ended.
  }
}

async function checkHealth(origin: string): Promise<void> {
  const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
  if (!response.ok) throw new DevServerError(`${origin}/healthz answered ${response.status}: ${await response.text()}`);
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

/** 32 random bytes in base64url, the format of TOKEN_KEYS and VAULT_KEY. */
function randomKey(): string {
  return Buffer.from(randomBytes(KEY_BYTES)).toString("base64url");
}
