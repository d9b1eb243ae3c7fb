/** Who makes a call. */

/** What a user or key may do. `viewer` may do least. */
export const ROLES = ["owner", "manager", "finance", "developer", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** The id of `ADMIN_TOKEN` as a key. */
export const FIRST_KEY = "first";

/** Who makes a call to the API or the console. */
export interface Actor {
  /** The user, or null for a key that belongs to no user, such as `ADMIN_TOKEN`. */
  user_id: string | null;
  /** The API key of the call ({@link FIRST_KEY} for `ADMIN_TOKEN`), or null for a session of the console. */
  key_id: string | null;
  role: Role;
  /** The programs that the actor may see, or null for all. */
  program_ids: readonly number[] | null;
  /** Of a session of the console: other users who have had the sign-in link that started it. */
  opened_by?: readonly string[];
}
