/** What a merchant chooses for a deployment, and the account's ids: the ignored file `.lastclick.json`. */
import * as v from "valibot";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const domain = v.pipe(
  v.string(),
  v.regex(/^(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be a host name in lowercase, such as go.example.com"),
);
const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,53}$/, "must be 1–54 of a-z, 0-9 and -, and not begin with -"),
);

const FIELDS = {
  /** The Cloudflare account. `npm run deploy` writes it. */
  account_id: v.optional(text),
  /** The D1 database's id. `npm run deploy` writes it. */
  database_id: v.optional(text),
  /** The name of the Worker, and the first part of the names of its database and queues. Default: `lastclick`. */
  name: v.optional(name),
  /** Hosts that the Worker serves. The first one is where the portal, the console and the API are opened. */
  domains: v.optional(v.pipe(v.array(domain), v.minLength(1, "must name a host"))),
  /** Where D1 must keep the data. Can't be changed once the database exists. */
  database_jurisdiction: v.optional(v.picklist(["eu", "fedramp", "us"], "must be eu, fedramp or us")),
  /** The R2 bucket for old clicks and backups. */
  archive_bucket: v.optional(text),
  /** The sender of emails, at a domain that is onboarded for Email Sending. */
  mail_from: v.optional(v.pipe(v.string(), v.email("must be an email address"))),
  /** Variables of wrangler.toml, such as CLICK_RETENTION_DAYS. */
  vars: v.optional(v.record(text, v.string("must be text"))),
  /** Anything else of Wrangler's configuration, by its top-level key. It replaces what wrangler.toml says. */
  wrangler: v.optional(v.record(text, v.unknown())),
};

const schema = v.strictObject(FIELDS);

export type DeploySettings = v.InferOutput<typeof schema>;

/** The settings file is invalid. The message lists all faults. */
export class SettingsFault extends Error {
  override readonly name = "SettingsFault";
}

/** Parses the text of `.lastclick.json`. Throws a {@link SettingsFault}. */
export function parseSettings(json: string): DeploySettings {
  const parsed = v.safeParse(schema, parseJson(json));
  if (parsed.success) return parsed.output;
  const faults = parsed.issues.map((issue) => {
    const path = issue.path?.map(({ key }) => String(key)).join(".") ?? "";
    const isUnknown = issue.type === "strict_object" && issue.expected === "never";
    if (isUnknown) return `${path} is not a setting. Settings are: ${Object.keys(FIELDS).join(", ")}.`;
    return issue.message.startsWith("must ")
      ? `${path} ${issue.message}.`
      : `${path || "The file"} has the wrong type.`;
  });
  throw new SettingsFault(faults.join("\n"));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new SettingsFault(`It isn't valid JSON: ${error instanceof Error ? error.message : error}`);
  }
}

/** The text of `.lastclick.json`. */
export function writeSettings(settings: DeploySettings): string {
  return `${JSON.stringify(settings, null, 2)}\n`;
}
