/**
 * Stands in for Wrangler 4.135: takes the same commands and flags, prints what it prints, and keeps an account in memory.
 * `real-wrangler.deep.test.ts` runs a deployment and an upgrade with the real one.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Finished, RunWrangler } from "../../src/deploy/wrangler.ts";

/** A Worker of the account. */
interface StandInWorker {
  secrets: Record<string, string>;
  deployments: number;
  /** The configuration of its last deployment. */
  config: Record<string, unknown>;
}

/** A Cloudflare account. */
export interface StandInAccount {
  accounts: { id: string; name: string }[];
  databases: { uuid: string; name: string; migrations: number }[];
  queues: string[];
  buckets: string[];
  workers: Record<string, StandInWorker>;
  /** Commands that fail, with what they print. */
  failures: Record<string, string>;
}

export const EMPTY_ACCOUNT: StandInAccount = {
  accounts: [{ id: "acc1", name: "Shop" }],
  databases: [],
  queues: [],
  buckets: [],
  workers: {},
  failures: {},
};

/** A command failed with a message. */
class CommandError extends Error {}

/** Text that Cloudflare's API answers with, as Wrangler prints it. */
const api = (request: string, message: string, code: number) =>
  new CommandError(`A request to the Cloudflare API (${request}) failed.\n\n  ${message} [code: ${code}]`);

const FLAGS = {
  config: { type: "string" },
  json: { type: "boolean" },
  name: { type: "string" },
  format: { type: "string" },
  remote: { type: "boolean" },
  jurisdiction: { type: "string" },
  "secrets-file": { type: "string" },
} as const;

type Flags = ReturnType<typeof parseFlags>["values"];

/** Throws for a flag that Wrangler doesn't have. */
function parseFlags(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options: FLAGS });
}

interface Call {
  account: StandInAccount;
  folder: string;
  flags: Flags;
  env: Readonly<Record<string, string>>;
  /** The words after the command's own. */
  operand: string;
}

/** What each command does. Each returns what it prints. */
const COMMANDS: Record<string, (call: Call) => string> = {
  whoami: ({ account: { accounts } }) => JSON.stringify({ loggedIn: true, authType: "OAuth Token", accounts }),
  "d1 list": ({ account }) =>
    JSON.stringify(account.databases.map(({ uuid, name }) => ({ uuid, name, version: "production" }))),
  "d1 create": ({ account, operand }) => {
    if (account.databases.some(({ name }) => name === operand)) {
      throw new CommandError("A database with that name already exists");
    }
    const uuid = `00000000-0000-4000-8000-00000000000${account.databases.length + 1}`;
    account.databases.push({ uuid, name: operand, migrations: 0 });
    const snippet = { d1_databases: [{ binding: "DB", database_name: operand, database_id: uuid }] };
    return `✅ Successfully created DB '${operand}' in region WEUR\n${JSON.stringify(snippet)}`;
  },
  "d1 migrations apply": ({ account, folder, flags }) => {
    const [{ database_id, migrations_dir }] = readConfig(folder, flags).d1_databases;
    const database = account.databases.find(({ uuid }) => uuid === database_id);
    if (database === undefined) {
      throw api(`/accounts/acc1/d1/database/${database_id}/query`, "The database could not be found", 7404);
    }
    const all = readdirSync(join(folder, migrations_dir)).filter((name) => name.endsWith(".sql"));
    const isNew = database.migrations < all.length;
    database.migrations = all.length;
    return isNew ? "Migrations to be applied:" : "✅ No migrations to apply!";
  },
  "queues info": ({ account, operand }) => {
    if (account.queues.includes(operand)) return `Queue Name: ${operand}`;
    throw new CommandError(`Queue "${operand}" does not exist. To create it, run: wrangler queues create ${operand}`);
  },
  "queues create": ({ account, operand }) => {
    if (account.queues.includes(operand))
      throw api("/accounts/acc1/queues", `Queue name '${operand}' is already taken.`, 11_009);
    account.queues.push(operand);
    return `🌀 Creating queue '${operand}'\n✅ Created queue '${operand}'`;
  },
  "r2 bucket create": ({ account, operand }) => {
    if (account.buckets.includes(operand)) {
      throw api("/accounts/acc1/r2/buckets", "The bucket you tried to create already exists, and you own it.", 10_004);
    }
    account.buckets.push(operand);
    return `Creating bucket '${operand}'...\n✅ Created bucket '${operand}' with default storage class of Standard.`;
  },
  "secret list": ({ account, flags: { name = "" } }) => {
    const worker = account.workers[name];
    if (worker === undefined) {
      throw new CommandError(
        `Worker "${name}" not found.\n\nIf this is a new Worker, run \`wrangler deploy\` first to create it.\nOtherwise, check that the Worker name is correct and you're logged into the right account.`,
      );
    }
    return JSON.stringify(Object.keys(worker.secrets).map((secret) => ({ name: secret, type: "secret_text" })));
  },
  deploy: ({ account, folder, flags, env }) => {
    const config = readConfig(folder, flags);
    if (!existsSync(join(folder, config.main))) {
      throw new CommandError(`The entry-point file at "${config.main}" was not found.`);
    }
    const worker = account.workers[config.name] ?? { secrets: {}, deployments: 0 };
    const file = flags["secrets-file"];
    const secrets = { ...worker.secrets, ...(file === undefined ? {} : JSON.parse(readFileSync(file, "utf8"))) };
    const missing = config.secrets.required.filter((name: string) => !(name in secrets));
    if (missing.length > 0) {
      throw new CommandError(`The following required secrets have not been set: ${missing.join(", ")}`);
    }
    account.workers[config.name] = { secrets, deployments: worker.deployments + 1, config };
    const hosts = config.routes?.map(({ pattern }: { pattern: string }) => `${pattern} (custom domain)`);
    const targets = [...(hosts ?? [`https://${config.name}.shop.workers.dev`]), "schedule: * * * * *"];
    const report = { type: "deploy", version: 1, worker_name: config.name, version_id: "v1", targets };
    writeFileSync(env.WRANGLER_OUTPUT_FILE_PATH ?? "", `${JSON.stringify(report)}\n`);
    return `Uploaded ${config.name}\nDeployed ${config.name} triggers`;
  },
};

function readConfig(folder: string, { config = "wrangler.toml" }: Flags) {
  return JSON.parse(readFileSync(join(folder, config), "utf8"));
}

/** Wrangler in a folder, logged in to an account. `calls` gets the words of each command. */
export function standIn(account: StandInAccount, folder: string, calls: string[]): RunWrangler {
  return async (args, options = {}): Promise<Finished> => {
    const { values: flags, positionals } = parseFlags(args);
    const is_shown = options.shows !== undefined && options.shows !== "nothing";
    const words = positionals.join(" ");
    calls.push(words);
    const name = Object.keys(COMMANDS).find((command) => words === command || words.startsWith(`${command} `));
    try {
      const [, failure] = Object.entries(account.failures).find(([command]) => words.startsWith(command)) ?? [];
      if (failure !== undefined) throw new CommandError(failure);
      if (name === undefined) throw new CommandError(`Unknown arguments: ${words}`);
      if (account.accounts.length === 0) {
        if (name === "whoami")
          return { ok: false, stdout: '{"loggedIn":false}', output: '{"loggedIn":false}', is_shown };
        throw new CommandError(
          "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable for wrangler to work.",
        );
      }
      const operand = words.slice(name.length + 1);
      const stdout = COMMANDS[name]?.({ account, folder, flags, env: options.env ?? {}, operand }) ?? "";
      return { ok: true, stdout, output: stdout, is_shown };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      const output = `\n✘ [ERROR] ${error.message}\n\n🪵  Logs were written to "/root/.config/.wrangler/logs/wrangler.log"`;
      return { ok: false, stdout: "", output, is_shown };
    }
  };
}
