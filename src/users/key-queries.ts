import { and, eq, isNull } from "drizzle-orm";
import { timingSafeEqual } from "hono/utils/buffer";
import { adminKeys } from "../api/layout/tables.ts";
import type { Database } from "../db/database.ts";
import { hashText } from "../lib/platform/vault.ts";
import { type Actor, FIRST_KEY } from "./actor.ts";
import { intersectPrograms, limitRole } from "./roles.ts";
import { users } from "./tables.ts";

/** Distinguishes API keys from other secrets. */
export const KEY_PREFIX = "lca_";

/** An actor with an API key. */
export type KeyActor = Actor & { key_id: string };

/** The actor of an API key, or null if the key isn't valid. `firstKey` is the value of `ADMIN_TOKEN`. */
export async function findActorOfKey(db: () => Database, firstKey: string, key: string): Promise<KeyActor | null> {
  if (await timingSafeEqual(key, firstKey)) {
    return { user_id: null, key_id: FIRST_KEY, role: "owner", program_ids: null };
  }
  if (!key.startsWith(KEY_PREFIX)) return null;
  return selectActor(db(), eq(adminKeys.hash, await hashText(key)));
}

/** The actor of a key in `admin_keys` by its id, or null if the key or its user isn't active any more. */
export async function findActorOfKeyId(db: Database, id: string): Promise<KeyActor | null> {
  return selectActor(db, eq(adminKeys.id, id));
}

/** A user's key may do at most what the user may do now. */
async function selectActor(db: Database, isThis: ReturnType<typeof eq>): Promise<KeyActor | null> {
  const row = await db
    .select({ key: adminKeys, user: users })
    .from(adminKeys)
    .leftJoin(users, eq(users.id, adminKeys.user_id))
    .where(and(isThis, isNull(adminKeys.revoked_at), isNull(users.removed_at)))
    .get();
  if (row === undefined) return null;
  const { key, user } = row;
  return {
    user_id: key.user_id,
    key_id: key.id,
    role: user === null ? key.role : limitRole(key.role, user.role),
    program_ids: user === null ? key.program_ids : intersectPrograms(key.program_ids, user.program_ids),
  };
}
