/** The portal's navigation. */

/** The pages in the navigation, in order. */
export const NAV_ITEMS: readonly { path: string; label: string }[] = [
  { path: "/app", label: "Overview" },
  { path: "/app/links", label: "Links" },
  { path: "/app/conversions", label: "Conversions" },
  { path: "/app/transactions", label: "Transactions" },
  { path: "/app/reports", label: "Reports" },
  { path: "/app/referred", label: "Referred affiliates" },
  { path: "/app/payouts", label: "Payouts" },
  { path: "/app/program", label: "Program" },
  { path: "/app/account", label: "Account" },
];

/** The query parameters that the navigation keeps: the program and the period. */
const SHARED_PARAMS = ["program", "period", "from", "to"];

/** The URL of a page with the shared parameters of the current one. */
export function buildNavHref(path: string, query: Readonly<Record<string, string>>): string {
  const shared = SHARED_PARAMS.flatMap((name) => (query[name] ? [[name, query[name]] as [string, string]] : []));
  return shared.length === 0 ? path : `${path}?${new URLSearchParams(shared)}`;
}

/** The path of the navigation item that a path belongs to, or null. */
export function findCurrentPage(path: string): string | null {
  const item = NAV_ITEMS.find(
    (other) => other.path !== "/app" && (path === other.path || path.startsWith(`${other.path}/`)),
  );
  return item?.path ?? (path === "/app" ? "/app" : null);
}
