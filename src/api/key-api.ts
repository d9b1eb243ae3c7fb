/** API keys: `ADMIN_TOKEN` is the first; others are created and revoked here. */

import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { timingSafeEqual } from "hono/utils/buffer";
import { nanoid } from "nanoid";
import * as v from "valibot";
import type { Database } from "../db/database.ts";
import { pageOf } from "../lib/paging.ts";
import { hashText } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import { shortText } from "../lib/validation.ts";
import { FIRST_KEY } from "../users/actor.ts";

import { allowQuery, PAGING } from "./layout/allow-query.ts";
import type { ApiApp } from "./layout/api-app.ts";
import { commitChange } from "./layout/commit-change.ts";
import { toIsoTime } from "./layout/format-time.ts";
import { readJson } from "./layout/read-json.ts";
import { readPage } from "./layout/read-page.ts";
import { adminKeys } from "./layout/tables.ts";

const KEY_BYTES = 32;
/** Distinguishes API keys from other secrets. */
const KEY_PREFIX = "lca_";

/** When a key was created, and its id. */
const CURSOR = /^\d{1,15}\.key_[A-Za-z0-9_-]{1,40}$/;

const newKey = v.strictObject({ name: shortText });

/** Finds the id of a key: {@link FIRST_KEY}, an id in `admin_keys`, or null if it isn't valid. */
export async function findKeyOwner(db: () => Database, firstKey: string, key: string): Promise<string | null> {
  if (await timingSafeEqual(key, firstKey)) return FIRST_KEY;
  if (!key.startsWith(KEY_PREFIX)) return null;
  const row = await db()
    .select({ id: adminKeys.id })
    .from(adminKeys)
    .where(and(eq(adminKeys.hash, await hashText(key)), isNull(adminKeys.revoked_at)))
    .get();
  return row?.id ?? null;
}

export function addKeyRoutes(app: ApiApp): void {
  app.post("/keys", async (c) => {
    const { name } = await readJson(c.req, newKey);
    const random = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const key = `${KEY_PREFIX}${random.toBase64({ alphabet: "base64url", omitPadding: true })}`;
    const row = { id: `key_${nanoid(12)}`, name, hash: await hashText(key), created_at: c.var.now, revoked_at: null };
    const { hash: _, ...view } = row;
    const change = { action: "key.created", program_id: null, subject_type: "key", subject: row.id };
    return commitChange(c, [c.var.db.insert(adminKeys).values(row)], [{ ...change, before: null, after: { name } }], {
      status: 201,
      body: { ...viewKey(view), key },
    });
  });

  app.get("/keys", allowQuery(...PAGING), async (c) => {
    const { cursor, limit } = readPage(c.req.query(), CURSOR);
    const [time, id] = cursor?.split(".") ?? [];
    const rows = await c.var.db
      .select()
      .from(adminKeys)
      .where(
        time === undefined ? undefined : sql`(${adminKeys.created_at}, ${adminKeys.id}) < (${Number(time)}, ${id})`,
      )
      .orderBy(desc(adminKeys.created_at), desc(adminKeys.id))
      .limit(limit + 1);
    return c.json(pageOf(rows, limit, viewKey, (row) => `${row.created_at}.${row.id}`));
  });

  app.delete("/keys/:id", async (c) => {
    const id = c.req.param("id");
    const isActive = and(eq(adminKeys.id, id), isNull(adminKeys.revoked_at));
    const active = await c.var.db.select().from(adminKeys).where(isActive).get();
    if (active === undefined) throw new Problem(404, "key_not_found", `There is no active key "${id}".`);
    const body = viewKey({ ...active, revoked_at: c.var.now });
    return commitChange(
      c,
      [c.var.db.update(adminKeys).set({ revoked_at: c.var.now }).where(isActive)],
      [
        {
          action: "key.revoked",
          program_id: null,
          subject_type: "key",
          subject: id,
          before: { name: active.name },
          after: null,
        },
      ],
      { status: 200, body },
    );
  });
}

function viewKey({ id, name, created_at, revoked_at }: Omit<typeof adminKeys.$inferSelect, "hash">) {
  return { id, name, created_at: toIsoTime(created_at), revoked_at: toIsoTime(revoked_at) };
}
