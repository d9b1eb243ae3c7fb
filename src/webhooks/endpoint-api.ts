import { and, eq, gt, inArray, isNull, ne, or, sql } from "drizzle-orm";
import { nanoid } from "nanoid";
import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { diffFields } from "../audit/diff-fields.ts";
import type { Database } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { seal } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import { instant } from "../lib/validation.ts";
import { warnOfDeliveries } from "./deliveries/endpoint-warnings.ts";
import { type LatestDelivery, readEventTypes, readLatestDeliveries } from "./deliveries/queries.ts";
import { apiKeyContext } from "./endpoint-queries.ts";
import { listEventTypes } from "./expected-events.ts";
import type { Provider } from "./provider.ts";
import { providers } from "./providers.ts";
import { endpointSecrets, endpoints } from "./tables.ts";

type Endpoint = typeof endpoints.$inferSelect;
type Secret = typeof endpointSecrets.$inferSelect;

const SECRET_BYTES = 32;
/** Enough for a rotation; every delivery is checked against each. */
const SECRETS_MAX = 5;

const pastedSecret = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, "must not be empty"),
  v.maxLength(1_000, "must have at most 1,000 characters"),
);
/** The body of `POST …/endpoints`. */
export const newEndpoint = v.strictObject({
  source: v.string(),
  secret: v.optional(pastedSecret),
  api_key: v.optional(pastedSecret),
  test: v.optional(v.boolean(), false),
});
/** The body of `PATCH …/endpoints/:endpoint`. */
export const endpointChange = v.strictObject({
  disabled: v.optional(v.boolean()),
  test: v.optional(v.boolean()),
  api_key: v.optional(v.nullable(pastedSecret)),
});
/** The body of `POST …/secrets`. */
export const newSecret = v.strictObject({ secret: v.optional(pastedSecret), expire_others_at: v.optional(instant) });

/** The API of webhook endpoints and their secrets. */
export function addEndpointRoutes(app: ApiApp): void {
  app.post("/programs/:program/endpoints", permit("webhooks"), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { source, secret: pasted, test, api_key = null } = await readJson(c.req, newEndpoint);
    const provider = providers.get(source);
    if (provider === undefined) {
      const known = [...providers.keys()].join(", ");
      throw new Problem(422, "invalid_source", `source: must be one of: ${known}.`, "source");
    }
    const vaultKey = readSettings(c.env).vault_key;
    const id = `ep_${nanoid()}`;
    const endpoint: Endpoint = {
      id,
      program_id: program.id,
      source,
      created_at: now,
      test,
      disabled: false,
      sealed_api_key: await sealApiKey(vaultKey, provider, id, api_key),
    };
    // A provider that creates the secret often shows it only once it has our URL.
    const isAddedLater = provider.secret.made_by === "provider" && pasted === undefined;
    const secret = isAddedLater ? null : await createSecret(vaultKey, provider, endpoint.id, pasted, now);
    const shownSecrets = secret === null ? [] : [secret.row];
    const view = viewEndpoint(endpoint, program.slug, { secrets: shownSecrets, latest: [] }, c.req.url, now);
    const shown =
      secret?.is_new === true ? { secret: showSecret(provider, endpoint.id, secret.text) } : { secret: null };
    // The only time that the secret is shown, and the URL that may contain it.
    const url = urlOf(provider, endpoint.id, secret?.text ?? "", c.req.url);
    const after = { source, test, has_api_key: view.has_api_key, secret: secret?.row.id ?? null };
    return commitChange(
      c,
      [
        db.insert(endpoints).values(endpoint),
        ...(secret === null ? [] : [db.insert(endpointSecrets).values(secret.row)]),
      ],
      [{ ...changeOf(endpoint, "created"), before: null, after }],
      { status: 201, body: { ...view, url, ...shown } },
    );
  });

  app.get("/programs/:program/endpoints", allowQuery(...PAGING), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { cursor, limit } = readPage(c.req.query(), /^ep_[A-Za-z0-9_-]{1,40}$/);
    const isLater = sql`(${endpoints.created_at}, ${endpoints.id}) > (SELECT created_at, id FROM ${endpoints} WHERE id = ${cursor})`;
    const rows = await db
      .select()
      .from(endpoints)
      .where(and(eq(endpoints.program_id, program.id), cursor === null ? undefined : isLater))
      .orderBy(endpoints.created_at, endpoints.id)
      .limit(limit + 1);
    const ids = rows.map((row) => row.id);
    const found = await loadParts(db, ids);
    const view = (row: Endpoint) => viewEndpoint(row, program.slug, found(row.id), c.req.url, now);
    return c.json(pageOf(rows, limit, view, (row) => row.id));
  });

  app.get("/programs/:program/endpoints/:endpoint", async (c) => {
    const { endpoint, program, parts } = await find(c.var.db, c.req.param());
    return c.json(viewEndpoint(endpoint, program, parts, c.req.url, c.var.now));
  });

  app.get("/programs/:program/endpoints/:endpoint/event-types", async (c) => {
    const { endpoint } = await find(c.var.db, c.req.param());
    const types = listEventTypes(endpoint.source, await readEventTypes(c.var.db, endpoint.id));
    const data = types.map(({ last_at, ...type }) => ({ ...type, last_received_at: toIsoTime(last_at) }));
    return c.json({ data, next: null });
  });

  app.patch("/programs/:program/endpoints/:endpoint", permit("webhooks"), async (c) => {
    const { db, now } = c.var;
    const { endpoint, program, parts } = await find(db, c.req.param());
    const change = await readJson(c.req, endpointChange);
    const { disabled = endpoint.disabled, test = endpoint.test, api_key } = change;
    const provider = providers.get(endpoint.source);
    const sealed_api_key =
      api_key === undefined
        ? endpoint.sealed_api_key
        : await sealApiKey(readSettings(c.env).vault_key, provider, endpoint.id, api_key);
    const changed = { disabled, test, sealed_api_key };
    const pick = ({ test, disabled, sealed_api_key }: Endpoint) => ({
      ...{ test, disabled, has_api_key: sealed_api_key !== null },
      // The key itself is never shown.
      ...(sealed_api_key !== endpoint.sealed_api_key && { api_key_replaced: true }),
    });
    return commitChange(
      c,
      [db.update(endpoints).set(changed).where(eq(endpoints.id, endpoint.id))],
      [{ ...changeOf(endpoint, "updated"), ...diffFields(pick(endpoint), pick({ ...endpoint, ...changed })) }],
      { status: 200, body: viewEndpoint({ ...endpoint, ...changed }, program, parts, c.req.url, now) },
    );
  });

  // Adds a secret; the others stay valid until they expire or are deleted.
  app.post("/programs/:program/endpoints/:endpoint/secrets", permit("webhooks"), async (c) => {
    const { db, now } = c.var;
    const { endpoint, parts } = await find(db, c.req.param());
    const { secrets } = parts;
    const provider = providers.get(endpoint.source);
    if (provider === undefined)
      throw new Problem(409, "provider_missing", `There is no provider "${endpoint.source}".`);
    const { secret: pasted, expire_others_at } = await readJson(c.req, newSecret);
    if (provider.secret.made_by === "provider" && pasted === undefined) {
      throw new Problem(
        422,
        "invalid_secret",
        "secret is missing: paste the secret that the provider shows.",
        "secret",
      );
    }
    if (secrets.filter((secret) => isValid(secret, now)).length >= SECRETS_MAX) {
      throw new Problem(
        409,
        "too_many_secrets",
        `An endpoint can have at most ${SECRETS_MAX} secrets; delete one first.`,
      );
    }
    const secret = await createSecret(readSettings(c.env).vault_key, provider, endpoint.id, pasted, now);
    const isOther = and(eq(endpointSecrets.endpoint_id, endpoint.id), ne(endpointSecrets.id, secret.row.id));
    const { expires_at: expiresAt } = endpointSecrets;
    const expireOthers =
      expire_others_at === undefined
        ? []
        : [
            db
              .update(endpointSecrets)
              .set({ expires_at: expire_others_at })
              // A secret that expires earlier, or has expired, keeps its time.
              .where(and(isOther, or(isNull(expiresAt), gt(expiresAt, expire_others_at)))),
          ];
    const shown = secret.is_new ? showSecret(provider, endpoint.id, secret.text) : null;
    const url = urlOf(provider, endpoint.id, secret.text, c.req.url);
    const after = { secret: secret.row.id, expire_others_at: toIsoTime(expire_others_at ?? null) };
    return commitChange(
      c,
      [...expireOthers, db.insert(endpointSecrets).values(secret.row)],
      [{ ...changeOf(endpoint, "secret_created"), before: null, after }],
      { status: 201, body: { ...viewSecret(secret.row), secret: shown, url } },
    );
  });

  app.delete("/programs/:program/endpoints/:endpoint/secrets/:secret", permit("webhooks"), async (c) => {
    const { endpoint, parts } = await find(c.var.db, c.req.param());
    const secret = parts.secrets.find(({ id }) => id === c.req.param("secret"));
    if (secret === undefined) throw new Problem(404, "secret_not_found", "This endpoint has no such secret.");
    const isThis = and(eq(endpointSecrets.endpoint_id, endpoint.id), eq(endpointSecrets.id, secret.id));
    return commitChange(
      c,
      [c.var.db.delete(endpointSecrets).where(isThis)],
      [{ ...changeOf(endpoint, "secret_deleted"), before: { secret: secret.id }, after: null }],
      { status: 200, body: { ...viewSecret(secret), status: "deleted" } },
    );
  });
}

function changeOf({ id, program_id }: Endpoint, verb: string) {
  return { action: `endpoint.${verb}`, program_id, subject_type: "endpoint", subject: id };
}

async function find(db: Database, path: { program: string; endpoint: string }) {
  const program = await findProgram(db, path.program);
  const isThis = and(eq(endpoints.id, path.endpoint), eq(endpoints.program_id, program.id));
  const endpoint = await db.select().from(endpoints).where(isThis).get();
  if (endpoint === undefined) throw new Problem(404, "endpoint_not_found", "This program has no such endpoint.");
  const found = await loadParts(db, [endpoint.id]);
  return { endpoint, program: program.slug, parts: found(endpoint.id) };
}

/** What an endpoint is shown with, besides its own row. */
interface EndpointParts {
  secrets: readonly Secret[];
  /** See `readLatestDeliveries`. */
  latest: readonly LatestDelivery[];
}

async function loadParts(db: Database, ids: readonly string[]): Promise<(id: string) => EndpointParts> {
  const [secrets, latest] = await Promise.all([
    ids.length === 0
      ? []
      : db
          .select()
          .from(endpointSecrets)
          .where(inArray(endpointSecrets.endpoint_id, [...ids])),
    readLatestDeliveries(db, ids),
  ]);
  return (id) => ({ secrets: secrets.filter((secret) => secret.endpoint_id === id), latest: latest.get(id) ?? [] });
}

/** The row of a secret: of the pasted one, or of a new one. Throws 422 where the pasted one isn't valid for the provider. */
async function createSecret(
  vaultKey: Uint8Array<ArrayBuffer>,
  provider: Provider,
  endpointId: string,
  pasted: string | undefined,
  now: number,
): Promise<{ text: string; is_new: boolean; row: Secret }> {
  const { secret } = provider;
  if (pasted !== undefined && secret.check === undefined) {
    throw new Problem(
      422,
      "invalid_secret",
      "secret: is created here; leave it out, and paste the secret from the response at the provider.",
      "secret",
    );
  }
  if (pasted !== undefined) secret.check?.(pasted);
  const random = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const text = pasted ?? (secret.made_by === "us" ? secret.make(random) : "");
  const id = `sec_${nanoid(12)}`;
  const sealedSecret = await seal(vaultKey, endpointId, text);
  return {
    text,
    is_new: pasted === undefined,
    row: { endpoint_id: endpointId, id, sealed_secret: sealedSecret, created_at: now, expires_at: null },
  };
}

/** The sealed API key; null for none. Throws 422 where the provider has no use for one, or it isn't one of the provider's. */
async function sealApiKey(
  vaultKey: Uint8Array<ArrayBuffer>,
  provider: Provider | undefined,
  endpointId: string,
  text: string | null,
): Promise<string | null> {
  if (text === null) return null;
  if (provider?.look_up === undefined) {
    throw new Problem(
      422,
      "invalid_api_key",
      "api_key: this provider doesn't use an API key. Leave api_key out.",
      "api_key",
    );
  }
  provider.look_up.check(text);
  return seal(vaultKey, apiKeyContext(endpointId), text);
}

function showSecret(provider: Provider, endpointId: string, text: string): string {
  return provider.secret.made_by === "us" ? (provider.secret.show?.(endpointId, text) ?? text) : text;
}

/** The URL that the checkout posts to. A URL that contains the secret shows it only when the secret is created. */
function urlOf(provider: Provider, id: string, secret: string, requestUrl: string): string {
  const inPath = provider.secret.made_by === "us" && provider.secret.in_url === true;
  const path = provider.address?.(id, secret) ?? `/v1/webhooks/${id}${inPath ? `/${secret}` : ""}`;
  return new URL(path, requestUrl).href;
}

function isValid(secret: Secret, now: number): boolean {
  return secret.expires_at === null || secret.expires_at > now;
}

function viewEndpoint(
  endpoint: Endpoint,
  program: string,
  { secrets, latest }: EndpointParts,
  requestUrl: string,
  now: number,
) {
  const { id, source, test, disabled, created_at: createdAt } = endpoint;
  const provider = providers.get(source);
  return {
    id,
    program,
    source,
    url: provider === undefined ? null : urlOf(provider, id, "<secret>", requestUrl),
    test,
    disabled,
    has_api_key: endpoint.sealed_api_key !== null,
    secrets: secrets.filter((secret) => isValid(secret, now)).map(viewSecret),
    warnings: warnOfDeliveries(latest, provider, now).filter(({ code }) => !(disabled && code === "silent")),
    last_delivery_at: toIsoTime(latest[0]?.received_at ?? null),
    types: listTypes(latest),
    created_at: toIsoTime(createdAt),
  };
}

/** The provider's types of event among the latest deliveries, each with when it arrived last. */
function listTypes(latest: readonly LatestDelivery[]) {
  const known = latest.filter(({ type }) => type !== null);
  return [...Map.groupBy(known, ({ type }) => type)].map(([type, found]) => ({
    type,
    last_at: toIsoTime(found[0]?.received_at ?? null),
    last_outcome: found[0]?.status,
  }));
}

function viewSecret({ id, created_at: createdAt, expires_at: expiresAt }: Secret) {
  return { id, created_at: toIsoTime(createdAt), expires_at: expiresAt === null ? null : toIsoTime(expiresAt) };
}
