/** Says what to do about an error of Wrangler. */
import type { Refusal } from "./plan.ts";

/** A deployment stopped. */
export class DeployFault extends Error {
  override readonly name = "DeployFault";
  readonly fix: string;

  constructor({ problem, fix }: Refusal) {
    super(problem);
    this.fix = fix;
  }
}

const AGAIN = "Then run `npm run deploy` again; it continues where it stopped.";

/** Texts and codes of Wrangler and of Cloudflare's API, with their fixes. The first match counts. */
const KNOWN: readonly [RegExp, string][] = [
  [
    /not logged in|not authenticated|CLOUDFLARE_API_TOKEN environment variable|Failed to fetch auth token|\[code: 10001\]/i,
    "Run `npx wrangler login`. In CI, set CLOUDFLARE_API_TOKEN.",
  ],
  [
    /more than one account|Failed to automatically retrieve account IDs/i,
    "Choose the account: put its id as `account_id` into .lastclick.json, or set CLOUDFLARE_ACCOUNT_ID.",
  ],
  [
    /register a workers\.dev subdomain|\/workers\/onboarding/i,
    "Register a workers.dev subdomain at the address above, or set `domains` in .lastclick.json.",
  ],
  [
    /enable R2|\[code: 10042\]/i,
    "Turn on R2 in the Cloudflare dashboard, or remove `archive_bucket` from .lastclick.json.",
  ],
  [/maximum number of D1 databases|\[code: 7406\]/i, "Delete a database that you don't need, or upgrade the plan."],
  [
    /maximum number of queues|queue limit|queues? .*(upgrade|plan)|\[code: 11010\]|\[code: 100129\]/i,
    "Delete a queue that you don't need (`npx wrangler queues list`), or upgrade the plan: Lastclick needs two queues.",
  ],
  [
    /could not find zone|zone .*not found|\[code: 10082\]/i,
    "Add the domain of `domains` in .lastclick.json to this Cloudflare account first, or remove it.",
  ],
  [
    /assigned to another worker|already has externally managed DNS records|\[code: 100117\]/i,
    "Free the host in the Cloudflare dashboard, or choose another one for `domains` in .lastclick.json.",
  ],
  [
    /required secrets have not been set/i,
    "Set them with `npx wrangler secret put <name> -c .lastclick.wrangler.json`.",
  ],
  [
    /\[code: 7404\]|database .*not found|Couldn't find a D1 DB/i,
    "Correct `database_id` in .lastclick.json, or remove it so that the database is found by its name.",
  ],
  [
    /\[code: (10000|9109|10023|10405)\]|Authentication error|permission|not authorized|Unauthorized/i,
    "Use a login or an API token that may edit Workers scripts, D1, Queues and, for an archive, R2. `npx wrangler whoami` shows what yours may.",
  ],
  [
    /Migration .* failed|failed with the following errors|SQLITE_ERROR/i,
    "The migration was rolled back, and the Worker that runs is unchanged. Correct what the error says.",
  ],
  [
    /fetch failed|ENOTFOUND|ETIMEDOUT|ECONNRE|\[code: 10013\]|internal error/i,
    "Cloudflare's API wasn't reached or failed. Wait a minute.",
  ],
];

/** A fault for a failed command: its error in Wrangler's words, unless a person has seen it, and what to do. */
export function explainFailure(what: string, output: string, is_shown = false): DeployFault {
  const [, known] = KNOWN.find(([pattern]) => pattern.test(output)) ?? [];
  const error = is_shown ? "" : pickError(output);
  const problem = error === "" ? `${what} failed.` : `${what} failed:\n${error}`;
  return new DeployFault({ problem, fix: `${known ?? "See the error above."} ${AGAIN}` });
}

const NOISE =
  /^(🪵|If you think this is a bug|Logs were written|https:\/\/github\.com\/cloudflare\/workers-sdk\/issues)/u;
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");

/** The lines from the first error on, without Wrangler's hints about itself. */
function pickError(output: string): string {
  const lines = output
    .replaceAll(ANSI, "")
    .split("\n")
    .map((line) => line.trim());
  const first = lines.findIndex((line) => /\[ERROR\]|^✘|\berror\b/i.test(line));
  return lines
    .slice(Math.max(first, 0))
    .filter((line) => line !== "" && !NOISE.test(line))
    .slice(0, 12)
    .join("\n");
}
