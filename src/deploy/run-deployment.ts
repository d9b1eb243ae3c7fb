/** One deployment, from the settings to the first sign-in link. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHealth, openTeamApi, type Reach } from "./check-deployment.ts";
import { DeployFault } from "./explain-failure.ts";
import {
  CONFIG_FILE,
  readKnownSecrets,
  readSettings,
  SECRETS_FILE,
  saveIds,
  saveSecrets,
  withSecretsFile,
  writeConfig,
} from "./files.ts";
import { chooseAccount, findDatabase, hasQueue, listSecrets, must } from "./find-state.ts";
import { planDeployment, type Step } from "./plan.ts";
import { type KnownSecrets, SECRET_BYTES } from "./secrets.ts";
import type { Terminal } from "./terminal.ts";
import {
  bucketsOf,
  customDomainOf,
  databaseOf,
  makeWorkerConfig,
  queuesOf,
  type WorkerConfig,
} from "./worker-config.ts";
import type { RunWrangler } from "./wrangler.ts";

/** The id that `wrangler d1 create` prints. */
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** What a deployment works with. */
export interface Deployment {
  /** The folder of wrangler.toml. */
  root: string;
  /** The configuration of wrangler.toml. */
  base: WorkerConfig;
  env: NodeJS.ProcessEnv;
  run: RunWrangler;
  terminal: Terminal;
  reach: Reach;
  random: (bytes: number) => Uint8Array;
}

/** Takes every step that is needed. Throws a {@link DeployFault} at the first one that fails. Calling it again continues. */
export async function deploy(deployment: Deployment): Promise<void> {
  const { root, base, env, terminal } = deployment;
  const settings = readSettings(root, env);
  let account_id = env.CLOUDFLARE_ACCOUNT_ID || settings.account_id || base.account_id;
  if (account_id === undefined) {
    account_id = await chooseAccount(deployment.run, terminal);
    saveIds(root, env, { account_id });
  }
  const run: RunWrangler = (args, options) =>
    deployment.run([...args, "--config", CONFIG_FILE], {
      ...options,
      env: { CLOUDFLARE_ACCOUNT_ID: account_id, ...options?.env },
    });
  const draft = makeWorkerConfig(base, { ...settings, account_id });
  writeConfig(root, draft);
  const { name: database_name, id: configured } = databaseOf(draft);
  const database_id = configured ?? (await findDatabase(run, database_name));
  const missing_queues: string[] = [];
  for (const queue of queuesOf(draft)) if (!(await hasQueue(run, queue))) missing_queues.push(queue);
  const planned = planDeployment({
    has_database: database_id !== null,
    missing_queues,
    buckets: bucketsOf(draft),
    worker_secrets: await listSecrets(run, draft.name ?? ""),
    known_secrets: readKnownSecrets(root, env),
    is_ci: !terminal.is_interactive,
  });
  if ("refusal" in planned) throw new DeployFault(planned.refusal);
  const steps = new Steps({ ...deployment, run }, draft, database_id);
  for (const step of planned.steps) await steps.take(step);
}

/** The steps, and what one passes on to the next. */
class Steps {
  readonly #deployment: Deployment;
  readonly #draft: WorkerConfig;
  #database_id: string | null;
  #origin = "";

  constructor(deployment: Deployment, draft: WorkerConfig, database_id: string | null) {
    this.#deployment = deployment;
    this.#draft = draft;
    this.#database_id = database_id;
  }

  async take(step: Step): Promise<void> {
    switch (step.does) {
      case "create_secrets":
        return this.#createSecrets(step.names);
      case "create_database":
        return this.#createDatabase();
      case "create_queue":
        this.#say(`Creating the queue ${step.name}`);
        must(`Creating the queue ${step.name}`, await this.#deployment.run(["queues", "create", step.name]));
        return;
      case "ensure_bucket":
        return this.#ensureBucket(step.name);
      case "migrate":
        return this.#migrate();
      case "deploy":
        return this.#deploy(step.secrets);
      case "check_health":
        this.#say(`Checking ${this.#origin}/healthz`);
        return checkHealth(this.#origin, this.#deployment.reach);
      case "sign_in":
        return this.#signIn();
    }
  }

  #createSecrets(names: readonly (keyof KnownSecrets)[]): void {
    const { root, env, random } = this.#deployment;
    const created = Object.fromEntries(
      names.map((name) => [name, Buffer.from(random(SECRET_BYTES)).toString("base64url")]),
    );
    saveSecrets(root, { ...readKnownSecrets(root, env), ...created });
    this.#say(`Created ${names.join(", ")} in ${SECRETS_FILE}`);
  }

  async #createDatabase(): Promise<void> {
    const { run } = this.#deployment;
    const { name } = databaseOf(this.#draft);
    const { database_jurisdiction } = readSettings(this.#deployment.root, this.#deployment.env);
    this.#say(`Creating the D1 database ${name}`);
    const where = database_jurisdiction === undefined ? [] : ["--jurisdiction", database_jurisdiction];
    const created = must(`Creating the D1 database ${name}`, await run(["d1", "create", name, ...where]));
    this.#database_id = UUID.exec(created.stdout)?.[0] ?? (await findDatabase(run, name));
  }

  /** Creating is the only way to look a bucket up that needs no more permission than creating it. */
  async #ensureBucket(name: string): Promise<void> {
    const created = await this.#deployment.run(["r2", "bucket", "create", name]);
    if (!/already exists|\[code: 10004\]/.test(created.output)) must(`Creating the R2 bucket ${name}`, created);
  }

  async #migrate(): Promise<void> {
    const { root, env, run } = this.#deployment;
    if (this.#database_id === null) throw new Error("the database that was created is not listed");
    saveIds(root, env, { database_id: this.#database_id });
    writeConfig(root, makeWorkerConfig(this.#draft, { database_id: this.#database_id }));
    this.#say("Applying the migrations");
    must("Applying the migrations", await run(["d1", "migrations", "apply", "DB", "--remote"]));
  }

  async #deploy(names: readonly (keyof KnownSecrets)[]): Promise<void> {
    const { root, env, terminal } = this.#deployment;
    const known = readKnownSecrets(root, env);
    const secrets: KnownSecrets = Object.fromEntries(
      names.flatMap((name) => (known[name] ? [[name, known[name]]] : [])),
    );
    this.#say("Deploying the Worker");
    const shows = terminal.is_interactive ? "questions" : "output";
    const folder = mkdtempSync(join(tmpdir(), "lastclick-deploy-"));
    try {
      const report = join(folder, "report.ndjson");
      const upload = async (more: readonly string[]) => {
        const options = { shows, env: { WRANGLER_OUTPUT_FILE_PATH: report } } as const;
        must("Deploying the Worker", await this.#deployment.run(["deploy", ...more], options));
      };
      if (names.length === 0) await upload([]);
      else await withSecretsFile(secrets, (path) => upload(["--secrets-file", path]));
      this.#origin = this.#originOf(readFileSync(report, "utf8"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** The first custom domain; otherwise the workers.dev address that Wrangler reports. */
  #originOf(report: string): string {
    const domain = customDomainOf(this.#draft);
    if (domain !== null) return `https://${domain}`;
    const origin = /https:\/\/[a-z0-9.-]+\.workers\.dev/.exec(report)?.[0];
    if (origin !== undefined) return origin;
    throw new DeployFault({
      problem: "The Worker is deployed, but has no address.",
      fix: "Set `domains` in .lastclick.json, or turn on its workers.dev address. Then run `npm run deploy` again.",
    });
  }

  async #signIn(): Promise<void> {
    const { root, env, terminal, reach } = this.#deployment;
    const { ADMIN_TOKEN } = readKnownSecrets(root, env);
    const console_url = `${this.#origin}/admin`;
    if (ADMIN_TOKEN === undefined) {
      this.#say(`Lastclick runs at ${this.#origin}; the console is ${console_url}`);
      return;
    }
    const team = openTeamApi(this.#origin, ADMIN_TOKEN, reach);
    if (await team.hasUsers()) {
      this.#say(`Lastclick runs at ${this.#origin}; the console is ${console_url}`);
      return;
    }
    const email =
      env.LASTCLICK_OWNER_EMAIL ||
      (terminal.is_interactive ? await terminal.ask("Your email address, to sign in to the console:") : "");
    if (email === "") {
      this.#say(
        `Lastclick runs at ${this.#origin}. Nobody can sign in to the console yet: set LASTCLICK_OWNER_EMAIL, or run \`npm run deploy\` on your own computer.`,
      );
      return;
    }
    const url = await team.createOwner(email);
    if (!terminal.is_interactive) {
      this.#say(`Lastclick runs at ${this.#origin}. ${email} can sign in at ${console_url}`);
      return;
    }
    this.#say(
      `Lastclick runs at ${this.#origin}. Sign in to the console with this link, which works once:\n\n  ${url}\n`,
    );
    this.#say(
      `Now copy ${SECRETS_FILE} into your password manager and delete the file. Nobody can recover VAULT_KEY for you.`,
    );
  }

  #say(line: string): void {
    this.#deployment.terminal.say(line);
  }
}
