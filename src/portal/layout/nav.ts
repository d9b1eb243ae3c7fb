/** The pages that the portal's navigation leads to, in its order. A further page is a line here. */
export const NAV: readonly { path: string; label: string }[] = [
  { path: "/app", label: "Overview" },
  { path: "/app/links", label: "Links" },
  { path: "/app/conversions", label: "Conversions" },
  { path: "/app/reports", label: "Reports" },
  { path: "/app/referred", label: "Referred" },
  { path: "/app/payouts", label: "Payouts" },
  { path: "/app/program", label: "Programme" },
  { path: "/app/account", label: "Account" },
];

/** Which of an address's parameters go along from page to page: whose figures, and of when. */
const KEPT = ["program", "period", "from", "to"];

/** The address of a page, with what the reader has chosen. */
export function keepChoice(path: string, query: Readonly<Record<string, string>>): string {
  const kept = KEPT.flatMap((name) => (query[name] ? [[name, query[name]] as [string, string]] : []));
  return kept.length === 0 ? path : `${path}?${new URLSearchParams(kept)}`;
}

/** The page of the navigation that an address belongs to, null for none. */
export function currentOf(path: string): string | null {
  const found = NAV.filter((item) => item.path !== "/app" && (path === item.path || path.startsWith(`${item.path}/`)));
  return found[0]?.path ?? (path === "/app" ? "/app" : null);
}
