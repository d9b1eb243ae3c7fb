/** What the console's pages of affiliates show, as the API answers it. */
import type * as v from "valibot";
import type { AuditView } from "../../audit/console/audit-page.tsx";
import type { entry } from "../../commissions/reference/schemas.ts";
import { programHref } from "../../console/layout/navigation.ts";
import type { conversion } from "../../conversions/reference/schemas.ts";
import type { LinkView } from "../../links/console/link-view.ts";
import type { payee, statement } from "../../payouts/reference/schemas.ts";
import type { group } from "../../programs/reference/programs.ts";
import type { affiliate } from "../reference/affiliates.ts";
import type { enrolled } from "../reference/bulk.ts";
import type { coupon, enrollment, listedEnrollment, rates } from "../reference/enrollments.ts";
import type { note } from "../reference/notes.ts";

/** A page of a list. */
export interface Page<Row> {
  data: Row[];
  next: string | null;
}

/** An affiliate in a program, in its list. */
export type ListedView = v.InferOutput<typeof listedEnrollment>;

/** An affiliate itself, in all of its programs. */
export type AffiliateView = v.InferOutput<typeof affiliate>;

/** An affiliate in one program. */
export type EnrollmentView = v.InferOutput<typeof enrollment>;

export type NoteView = v.InferOutput<typeof note>;
export type CouponView = v.InferOutput<typeof coupon>;
export type RatesView = v.InferOutput<typeof rates>;
export type EntryView = v.InferOutput<typeof entry>;
export type StatementView = v.InferOutput<typeof statement>;
export type PayeeView = v.InferOutput<typeof payee>;
export type ConversionView = v.InferOutput<typeof conversion>;

/** A group of a program. */
export type GroupView = v.InferOutput<typeof group>;

/** What the page shows. What the role may not read is null. */
export interface AffiliateData {
  program: string;
  affiliate: AffiliateView;
  enrollment: EnrollmentView;
  groups: readonly GroupView[];
  links: Page<LinkView>;
  coupons: Page<CouponView>;
  sales: Page<ConversionView>;
  entries: Page<EntryView>;
  statements: Page<StatementView>;
  rates: readonly RatesView[];
  notes: Page<NoteView>;
  payee: PayeeView | null;
  history: Page<AuditView> | null;
}

/** The result of a row of a bulk change. */
export interface RowView {
  index: number;
  status: number;
  record: v.InferOutput<typeof enrolled> | null;
  problem: { code: string; detail: string } | null;
}

/** Statuses with their labels and colors. */
export const STATUSES = {
  pending: { label: "Pending", tone: "waiting" },
  approved: { label: "Approved", tone: "good" },
  rejected: { label: "Rejected", tone: "bad" },
  suspended: { label: "Suspended", tone: "bad" },
  left: { label: "Left", tone: "neutral" },
  banned: { label: "Banned", tone: "bad" },
} as const;

/** Pages below the list of affiliates, which come before an affiliate with this username. */
const PAGES: readonly string[] = ["new", "bulk", "enroll"];

/** The URL of an affiliate's page in a program. */
export function affiliateHref(program: string, username: string, path = ""): string {
  // Usernames are found in any case, paths aren't: in capitals, a username is never the name of a page.
  const segment = PAGES.includes(username) ? username.toUpperCase() : username;
  return programHref(program, `/affiliates/${encodeURIComponent(segment)}${path}`);
}

/** The choices of a group. */
export function listGroupOptions(groups: readonly GroupView[]): (readonly [string, string])[] {
  return groups.map(({ slug, name }) => [slug, name] as const);
}
