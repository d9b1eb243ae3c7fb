/** Asks Wrangler what exists in the account. */
import * as v from "valibot";
import { DeployFault, explainFailure } from "./explain-failure.ts";
import type { Terminal } from "./terminal.ts";
import { type Finished, type RunWrangler, readJsonOutput } from "./wrangler.ts";

const accounts = v.object({ accounts: v.array(v.object({ id: v.string(), name: v.string() })) });
const databases = v.array(v.object({ uuid: v.string(), name: v.string() }));
const secrets = v.array(v.object({ name: v.string() }));

/** The account to deploy to. Asks if the login has several. */
export async function chooseAccount(run: RunWrangler, terminal: Terminal): Promise<string> {
  const found = await run(["whoami", "--json"]);
  if (!found.ok) throw explainFailure("Looking up your Cloudflare login", "You are not logged in.");
  const list = v.parse(accounts, readJsonOutput(found.stdout)).accounts;
  const [only] = list;
  if (only !== undefined && list.length === 1) return only.id;
  const lines = list.map(({ id, name }, index) => `  ${index + 1}. ${name} (${id})`);
  if (only === undefined || !terminal.is_interactive) {
    throw new DeployFault({
      problem:
        only === undefined ? "The login has no account." : `The login has several accounts:\n${lines.join("\n")}`,
      fix: "Set CLOUDFLARE_ACCOUNT_ID to the account's id, or put it as `account_id` into .lastclick.json.",
    });
  }
  terminal.say(`Your login has several accounts:\n${lines.join("\n")}`);
  for (;;) {
    const chosen = list[Number(await terminal.ask("Number of the account to deploy to:")) - 1];
    if (chosen !== undefined) return chosen.id;
    terminal.say(`Type a number from 1 to ${list.length}.`);
  }
}

/** The id of the database of this name, or null. */
export async function findDatabase(run: RunWrangler, name: string): Promise<string | null> {
  const listed = must("Listing the D1 databases", await run(["d1", "list", "--json"]));
  const all = v.parse(databases, readJsonOutput(listed.stdout));
  return all.find((database) => database.name === name)?.uuid ?? null;
}

export async function hasQueue(run: RunWrangler, name: string): Promise<boolean> {
  const found = await run(["queues", "info", name]);
  if (!found.ok && !/does not exist/.test(found.output))
    throw explainFailure(`Looking up the queue ${name}`, found.output);
  return found.ok;
}

/** The names of a Worker's secrets, or null if there is no such Worker. */
export async function listSecrets(run: RunWrangler, worker: string): Promise<string[] | null> {
  const listed = await run(["secret", "list", "--name", worker, "--format", "json"]);
  if (!listed.ok && /Worker ".*" not found|\[code: 10007\]/s.test(listed.output)) return null;
  must("Listing the Worker's secrets", listed);
  return v.parse(secrets, readJsonOutput(listed.stdout)).map(({ name }) => name);
}

/** The result of a command that must not fail. Throws a fault with what to do. */
export function must(what: string, finished: Finished): Finished {
  if (!finished.ok) throw explainFailure(what, finished.output, finished.is_shown);
  return finished;
}
