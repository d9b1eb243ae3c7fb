/** `npm run dev` in a copy of the project, so that it has secrets, data and ports of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../..");
/** Secrets, data and caches of this folder, and what is linked instead. */
const NOT_COPIED = new Set([".git", ".wrangler", ".dev.vars", "node_modules"]);
const READY = "Lastclick is running.";
const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 10_000;

/** A running copy. */
export interface CopiedProject {
  folder: string;
  origin: string;
  shop_origin: string;
  stop: () => Promise<void>;
}

/** Copies the project into an empty folder and runs `npm run dev` there, on free ports. */
export async function startCopy(folder: string): Promise<CopiedProject> {
  for (const name of readdirSync(ROOT)) {
    if (!NOT_COPIED.has(name)) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const [port = 0, shop_port = 0] = await findFreePorts(2);
  const child = spawn("npm", ["run", "dev"], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PORT: String(port), SHOP_PORT: String(shop_port) },
  });
  let log = "";
  const keep = (chunk: Buffer) => {
    log += chunk.toString();
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const closed = new Promise<void>((done) => {
    child.once("close", () => done());
  });
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended.
    }
  };
  const stop = async () => {
    signal("SIGTERM");
    await Promise.race([closed, sleep(STOP_TIMEOUT_MS)]);
    signal("SIGKILL");
    await closed;
  };
  const until = Date.now() + START_TIMEOUT_MS;
  while (!log.includes(READY)) {
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error(`npm run dev didn't start:\n${log}`);
    }
    await sleep(200);
  }
  return { folder, origin: `http://localhost:${port}`, shop_origin: `http://localhost:${shop_port}`, stop };
}

/** Ports that are free now; another process may still take them before they are used. */
async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  for (const server of servers) server.close();
  return ports;
}
