/** What each role may do. */
import { ROLES, type Role } from "./actor.ts";

/** Each permission with the roles that have it. An owner has all. */
export const PERMISSIONS = {
  /** Everything that can be looked at, except what a permission below protects. */
  read: ["owner", "manager", "finance", "developer", "viewer"],
  /** Masked payment details and tax forms. */
  read_payees: ["owner", "manager", "finance", "developer"],
  /** Stored webhook requests, which contain customers' data. */
  read_requests: ["owner", "manager", "developer"],
  audit: ["owner", "manager", "finance"],
  /** Programs, affiliates, links, conversions and what belongs to them. */
  write: ["owner", "manager"],
  /** Set payment details and tax forms. */
  payees: ["owner", "manager", "finance"],
  /** Draft and cancel payout runs. */
  payouts: ["owner", "manager", "finance"],
  /** Approve and pay payout runs, and everything that says what was paid. */
  pay: ["owner", "finance"],
  /** Endpoints, their secrets and deliveries. */
  webhooks: ["owner", "manager", "developer"],
  keys: ["owner", "developer"],
  users: ["owner"],
  /** Copies of what the objects hold. */
  backups: ["owner"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether a role has a permission. */
export function isPermitted(role: Role, permission: Permission): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.includes(role);
}

/** Whether `role` may do everything that `other` may. */
export function includesRole(role: Role, other: Role): boolean {
  return Object.values(PERMISSIONS).every((roles: readonly Role[]) => !roles.includes(other) || roles.includes(role));
}

/** The roles that a role includes, and so may give to keys. */
export function listIncludedRoles(role: Role): Role[] {
  return ROLES.filter((other) => includesRole(role, other));
}

/** The role of a user's key: at most the user's own one, which may have changed since the key was created. */
export function limitRole(key: Role, user: Role): Role {
  if (includesRole(user, key)) return key;
  return includesRole(key, user) ? user : "viewer";
}

/** Programs that two limits leave; null for all. */
export function intersectPrograms(
  one: readonly number[] | null,
  other: readonly number[] | null,
): readonly number[] | null {
  if (one === null) return other;
  return other === null ? one : one.filter((id) => other.includes(id));
}

/** Whether every program of `inner` is in `outer`; null stands for all programs. */
export function includesPrograms(outer: readonly number[] | null, inner: readonly number[] | null): boolean {
  if (outer === null) return true;
  return inner?.every((id) => outer.includes(id)) ?? false;
}
