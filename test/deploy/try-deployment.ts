/** Deployments into the stand-in's account, from a folder of their own. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { experimental_readRawConfig } from "wrangler";
import { DeployFault } from "../../src/deploy/explain-failure.ts";
import { deploy } from "../../src/deploy/run-deployment.ts";
import { parseWorkerConfig, type WorkerConfig } from "../../src/deploy/worker-config.ts";
import { EMPTY_ACCOUNT, type StandInAccount, standIn } from "./wrangler-stand-in.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** wrangler.toml as it ships. */
export const SHIPPED_CONFIG: WorkerConfig = parseWorkerConfig(
  experimental_readRawConfig({ config: resolve(ROOT, "wrangler.toml") }).rawConfig,
);

/** How a deployment ended. */
export interface Tried {
  /** What a person saw. */
  text: string;
  /** Why it stopped; null if it ended well. */
  problem: string | null;
  /** What to do; null if it ended well. */
  fix: string | null;
  /** The commands of Wrangler, in order. */
  calls: string[];
  /** The requests to the Worker. */
  requests: string[];
}

export interface TryOptions {
  /** Answers of a person; null in CI. */
  answers?: readonly string[] | null;
  env?: Readonly<Record<string, string>>;
  base?: WorkerConfig;
}

/** A fresh clone of the project, and an account. Dispose of it. */
export class DeploymentSite {
  readonly folder = mkdtempSync(join(tmpdir(), "lastclick-deploy-test-"));
  /** What `/healthz` answers, one a call; the last one is repeated. */
  health: (() => Response)[] = [() => Response.json({ status: "ok" })];
  /** The Worker's users. */
  users: string[] = [];
  readonly account: StandInAccount;
  #bytes = 0;

  constructor(account: Partial<StandInAccount> = {}) {
    mkdirSync(join(this.folder, "src"));
    writeFileSync(join(this.folder, "src/index.ts"), "");
    cpSync(join(ROOT, "migrations"), join(this.folder, "migrations"), { recursive: true });
    this.account = structuredClone({ ...EMPTY_ACCOUNT, ...account });
  }

  /** A file of the clone, or null. */
  read(name: string): string | null {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : null;
  }

  write(name: string, content: string): void {
    writeFileSync(join(this.folder, name), content);
  }

  /** Runs `npm run deploy`. */
  async deploy({ answers = [], env = {}, base = SHIPPED_CONFIG }: TryOptions = {}): Promise<Tried> {
    const said: string[] = [];
    const left = [...(answers ?? [])];
    const calls: string[] = [];
    const requests: string[] = [];
    const wrangler = standIn(this.account, this.folder, calls);
    let problem: string | null = null;
    let fix: string | null = null;
    try {
      await deploy({
        root: this.folder,
        base,
        env: { ...env },
        // What Wrangler prints is part of what a person sees.
        run: async (args, options) => {
          const finished = await wrangler(args, options);
          if (finished.is_shown) said.push(finished.output);
          return finished;
        },
        terminal: {
          is_interactive: answers !== null,
          say: (line) => said.push(line),
          ask: async (question) => {
            said.push(question);
            const answer = left.shift();
            if (answer === undefined) throw new Error(`nobody answers ${question}`);
            return answer;
          },
        },
        reach: { fetch: (input, init) => this.#answer(new Request(input, init), requests), sleep: async () => {} },
        random: (bytes) => new Uint8Array(bytes).fill(++this.#bytes),
      });
    } catch (error) {
      if (!(error instanceof DeployFault)) throw error;
      said.push(error.message);
      ({ message: problem, fix } = error);
    }
    return { text: said.join("\n"), problem, fix, calls, requests };
  }

  async #answer(request: Request, requests: string[]): Promise<Response> {
    const { pathname } = new URL(request.url);
    requests.push(`${request.method} ${request.url}`);
    if (pathname === "/healthz") {
      const [answer] = this.health.length > 1 ? this.health.splice(0, 1) : this.health;
      return answer?.() ?? Response.error();
    }
    const [worker] = Object.values(this.account.workers);
    if (request.headers.get("authorization") !== `Bearer ${worker?.secrets.ADMIN_TOKEN}`) {
      return Response.json({ code: "admin_key_invalid" }, { status: 401 });
    }
    if (`${request.method} ${pathname}` === "GET /v1/users") {
      return Response.json({ data: this.users.map((email, id) => ({ id, email })), next: null });
    }
    if (`${request.method} ${pathname}` === "POST /v1/users") {
      const { email }: { email: string } = await request.json();
      this.users.push(email);
      return Response.json({ id: this.users.length, email, role: "owner" }, { status: 201 });
    }
    return Response.json({
      url: `${new URL(request.url).origin}/admin/sign-in#one-time`,
      expires_at: "2026-12-01T00:00:00Z",
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}
