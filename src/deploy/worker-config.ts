/** Wrangler's configuration of a deployment: the tracked wrangler.toml with the merchant's settings. */
import * as v from "valibot";
import { SECRET_NAMES } from "./secrets.ts";
import type { DeploySettings } from "./settings.ts";

const text = v.string();

/** The parts of a configuration that a deployment reads or changes. All others are kept as they are. */
const schema = v.looseObject({
  name: v.optional(text),
  account_id: v.optional(text),
  vars: v.optional(v.record(text, v.unknown())),
  routes: v.optional(
    v.array(v.union([text, v.looseObject({ pattern: text, custom_domain: v.optional(v.boolean()) })])),
  ),
  d1_databases: v.optional(
    v.array(v.looseObject({ binding: text, database_name: v.optional(text), database_id: v.optional(text) })),
  ),
  queues: v.optional(
    v.looseObject({
      producers: v.optional(v.array(v.looseObject({ binding: text, queue: v.optional(text) }))),
      consumers: v.optional(v.array(v.looseObject({ queue: text, dead_letter_queue: v.optional(text) }))),
    }),
  ),
  r2_buckets: v.optional(v.array(v.looseObject({ binding: text, bucket_name: v.optional(text) }))),
  send_email: v.optional(v.array(v.looseObject({ name: text }))),
});

/** A configuration of Wrangler. */
export type WorkerConfig = v.InferOutput<typeof schema>;

/** Checks a configuration as Wrangler read it. Throws if it is none. */
export function parseWorkerConfig(raw: unknown): WorkerConfig {
  return v.parse(schema, raw);
}

const DEFAULT_NAME = "lastclick";
/** The id in the tracked wrangler.toml: Deploy buttons need one that they can replace. */
const NO_DATABASE = "00000000-0000-0000-0000-000000000000";
const ARCHIVE = "ARCHIVE";
const EMAIL = "EMAIL";

/**
 * Merges settings into the configuration of wrangler.toml. What the settings don't mention stays, so that ids and names which
 * a Deploy button wrote into wrangler.toml are used. The file must be next to wrangler.toml, because paths are relative to it.
 */
export function makeWorkerConfig(base: WorkerConfig, settings: DeploySettings): WorkerConfig {
  const baseName = base.name ?? DEFAULT_NAME;
  const name = settings.name ?? baseName;
  const rename = (resource: string) =>
    resource.startsWith(baseName) ? `${name}${resource.slice(baseName.length)}` : resource;
  const [domain] = settings.domains ?? [];
  const { archive_bucket, mail_from } = settings;
  return {
    ...base,
    name,
    ...(settings.account_id !== undefined && { account_id: settings.account_id }),
    ...(settings.domains !== undefined && {
      routes: settings.domains.map((pattern) => ({ pattern, custom_domain: true })),
      // The portal and the API have one host only.
      workers_dev: false,
      preview_urls: false,
    }),
    vars: {
      ...base.vars,
      ...(mail_from !== undefined && { MAIL_FROM: mail_from }),
      ...(domain !== undefined && { PORTAL_ORIGIN: `https://${domain}` }),
      ...settings.vars,
    },
    d1_databases: (base.d1_databases ?? []).map((database) => ({
      ...database,
      database_name: settings.name === undefined ? (database.database_name ?? name) : name,
      ...(settings.database_id !== undefined && { database_id: settings.database_id }),
    })),
    queues: {
      ...base.queues,
      producers: (base.queues?.producers ?? []).map((producer) => ({
        ...producer,
        ...(producer.queue !== undefined && { queue: rename(producer.queue) }),
      })),
      consumers: (base.queues?.consumers ?? []).map((consumer) => ({
        ...consumer,
        queue: rename(consumer.queue),
        ...(consumer.dead_letter_queue !== undefined && { dead_letter_queue: rename(consumer.dead_letter_queue) }),
      })),
    },
    ...(archive_bucket !== undefined && {
      r2_buckets: [
        ...(base.r2_buckets ?? []).filter(({ binding }) => binding !== ARCHIVE),
        { binding: ARCHIVE, bucket_name: archive_bucket },
      ],
    }),
    ...(mail_from !== undefined && {
      send_email: [
        ...(base.send_email ?? []).filter((binding) => binding.name !== EMAIL),
        { name: EMAIL, allowed_sender_addresses: [mail_from] },
      ],
    }),
    // Wrangler refuses to deploy a Worker that lacks one of them.
    secrets: { required: [...SECRET_NAMES] },
    ...settings.wrangler,
  };
}

/** The database of a configuration. `id` is null if nobody has put a real one there. */
export function databaseOf(config: WorkerConfig): { name: string; id: string | null } {
  const [database] = config.d1_databases ?? [];
  const id = database?.database_id ?? NO_DATABASE;
  return { name: database?.database_name ?? DEFAULT_NAME, id: id === NO_DATABASE ? null : id };
}

/** The names of all queues of a configuration, dead-letter queues first: a queue's consumer needs its own to exist. */
export function queuesOf(config: WorkerConfig): string[] {
  const { producers = [], consumers = [] } = config.queues ?? {};
  const dead = consumers.flatMap(({ dead_letter_queue }) => dead_letter_queue ?? []);
  const named = [...producers.flatMap(({ queue }) => queue ?? []), ...consumers.map(({ queue }) => queue)];
  return [...new Set([...dead, ...named])];
}

/** The names of the R2 buckets of a configuration. */
export function bucketsOf(config: WorkerConfig): string[] {
  return (config.r2_buckets ?? []).flatMap(({ bucket_name }) => bucket_name ?? []);
}

/** The first custom domain of a configuration, or null. */
export function customDomainOf(config: WorkerConfig): string | null {
  for (const route of config.routes ?? []) {
    if (typeof route !== "string" && route.custom_domain === true) return route.pattern;
  }
  return null;
}
