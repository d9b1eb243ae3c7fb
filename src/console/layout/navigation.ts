/** The console's navigation: which pages a user's role shows, and which of them is current. */
import type { Role } from "../../users/actor.ts";
import { isPermitted, type Permission } from "../../users/roles.ts";

/** A page in the navigation. */
export interface NavItem {
  label: string;
  href: string;
  is_current: boolean;
}

interface Page {
  label: string;
  /** Below `/admin`, or below `/admin/programs/<program>`. */
  path: string;
  permission: Permission;
}

/** Pages about one program, in order. */
const PROGRAM_PAGES: readonly Page[] = [
  { label: "Setup", path: "/setup", permission: "read" },
  { label: "Affiliates", path: "/affiliates", permission: "read" },
  { label: "Applications", path: "/applications", permission: "read" },
  { label: "Sales", path: "/sales", permission: "read" },
  { label: "Links", path: "/links", permission: "read" },
  { label: "Creatives", path: "/creatives", permission: "read" },
  { label: "Announcements", path: "/announcements", permission: "read" },
  { label: "Payouts", path: "/payouts", permission: "read" },
  { label: "Terms", path: "/terms", permission: "read" },
  { label: "Checkouts", path: "/checkouts", permission: "read" },
  { label: "Settings", path: "/settings", permission: "read" },
];

/** Pages about all programs, in order. */
const TEAM_PAGES: readonly Page[] = [
  { label: "Programs", path: "/programs", permission: "read" },
  { label: "Users", path: "/users", permission: "users" },
  { label: "API keys", path: "/keys", permission: "keys" },
  { label: "Audit log", path: "/audit", permission: "audit" },
  { label: "Operations", path: "/operations", permission: "read" },
  { label: "Your access", path: "/access", permission: "read" },
];

/** Pages that concern all programs, so that users who are limited to some can't open them. */
const UNLIMITED_PATHS: readonly string[] = ["/users", "/operations"];

/** Who looks at which page. */
export interface NavState {
  role: Role;
  is_limited: boolean;
  /** The slug of the program that the program's pages are about, or null if there is none. */
  program: string | null;
  /** The path of the page, from `/admin`. */
  path: string;
}

/** The pages of a program that a user may open. */
export function listProgramPages({ role, program, path }: NavState): NavItem[] {
  if (program === null) return [];
  return PROGRAM_PAGES.filter(({ permission }) => isPermitted(role, permission)).map((page) =>
    toItem(page, programHref(program, page.path), path),
  );
}

/** The pages about all programs that a user may open. */
export function listTeamPages({ role, is_limited, path }: NavState): NavItem[] {
  const allowed = TEAM_PAGES.filter(
    (page) => isPermitted(role, page.permission) && !(is_limited && UNLIMITED_PATHS.includes(page.path)),
  );
  return allowed.map((page) => toItem(page, `/admin${page.path}`, path));
}

/** The URL of a page of a program. */
export function programHref(program: string, path = ""): string {
  return `/admin/programs/${encodeURIComponent(program)}${path}`;
}

/** The program that a page's path is about, or null. `/admin/programs/new` is the form for a new one. */
export function findProgramInPath(path: string): string | null {
  const segment = /^\/admin\/programs\/([^/]+)\/./.exec(path)?.[1];
  return segment === undefined ? null : decodeURIComponent(segment);
}

function toItem({ label, path: page }: Page, href: string, path: string): NavItem {
  const isBelow = path.startsWith(`${href}/`) && page !== "/programs";
  return { label, href, is_current: path === href || isBelow };
}
