/** What the pages of one affiliate share: the API's paths, what is read, and the page itself. */
import type { AuditView } from "../../audit/console/audit-page.tsx";
import { readApi } from "../../console/layout/call-api.ts";
import { newForm } from "../../console/layout/form.tsx";
import { type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import type { LinkView } from "../../links/console/link-view.ts";
import type { QueryParams } from "../../portal/layout/href.ts";
import { type AffiliateForms, AffiliatePage } from "./affiliate-page.tsx";
import { programOf, readGroups } from "./program-queries.ts";
import {
  type AffiliateData,
  type AffiliateView,
  affiliateHref,
  type ConversionView,
  type CouponView,
  type EnrollmentView,
  type EntryView,
  type NoteView,
  type Page,
  type PayeeView,
  type RatesView,
  type StatementView,
} from "./views.ts";

/** Rows of each list on the page. */
const ROWS = "5";
const NOTE_ROWS = "20";
/** Coupons are few, and each is removed here. */
const COUPON_ROWS = "100";

/** The username in the path, which may be in any case. */
export const usernameOf = (c: ConsoleContext) => (c.req.param("username") ?? "").toLowerCase();
/** The affiliate's page, or one below it. */
export const pageOf = (c: ConsoleContext, path = "") => affiliateHref(programOf(c), usernameOf(c), path);

/** The affiliate's path in the API. */
export const affiliatePath = (c: ConsoleContext) => `/affiliates/${encodeURIComponent(usernameOf(c))}`;
const programPath = (c: ConsoleContext) => `/programs/${encodeURIComponent(programOf(c))}`;
/** The enrollment's path in the API. */
export const enrollmentPath = (c: ConsoleContext) =>
  `${programPath(c)}/enrollments/${encodeURIComponent(usernameOf(c))}`;
/** The account's path in the API. */
export const accountPath = (c: ConsoleContext) => `${programPath(c)}/affiliates/${encodeURIComponent(usernameOf(c))}`;

/** The affiliate itself. */
export const readAffiliate = (c: ConsoleContext) => readApi<AffiliateView>(c, affiliatePath(c));
/** Its enrollment. */
export const readEnrollment = (c: ConsoleContext) => readApi<EnrollmentView>(c, enrollmentPath(c));
/** Its own rates, newest first. */
export const readRates = (c: ConsoleContext) => readApi<Page<RatesView>>(c, `${enrollmentPath(c)}/rates`);

/** Shows the affiliate's page. `given` are forms that were refused. */
export async function showAffiliate(c: ConsoleContext, given: Partial<AffiliateForms> = {}): Promise<Response> {
  const data = await readData(c);
  const { name, email } = data.affiliate;
  const forms: AffiliateForms = {
    details: newForm({ name, email: email ?? "" }),
    ...{ status: newForm(), sponsor: newForm(), coupon: newForm(), rates: newForm(), note: newForm() },
    ...given,
  };
  const isRefused = Object.values(forms).some(({ problem }) => problem !== null);
  const page = (
    <AffiliatePage
      {...{ data, forms }}
      may_write={may(c, "write")}
      may_view={may(c, "read_payees")}
      done={c.req.query("done")}
    />
  );
  return show(c, isRefused ? 422 : 200, name, page);
}

async function readData(c: ConsoleContext): Promise<AffiliateData> {
  const [program, username] = [programOf(c), usernameOf(c)];
  const own: QueryParams = { program, affiliate: username };
  const history = { subject_type: "affiliate", subject: username, limit: ROWS };
  const [affiliate, enrollment, groups, links, coupons, sales, entries, statements, rates, notes, payee, audit] =
    await Promise.all([
      readAffiliate(c),
      readEnrollment(c),
      readGroups(c),
      readApi<Page<LinkView>>(c, "/links", { ...own, limit: ROWS }),
      readApi<Page<CouponView>>(c, "/coupons", { ...own, limit: COUPON_ROWS }),
      readApi<Page<ConversionView>>(c, "/conversions", { ...own, limit: ROWS }),
      readApi<Page<EntryView>>(c, `${accountPath(c)}/entries`, { limit: ROWS }),
      readApi<Page<StatementView>>(c, `${accountPath(c)}/statements`, { limit: ROWS }),
      readRates(c),
      readApi<Page<NoteView>>(c, `${enrollmentPath(c)}/notes`, { limit: NOTE_ROWS }),
      may(c, "read_payees") ? readApi<PayeeView>(c, `${affiliatePath(c)}/payee`) : null,
      may(c, "audit") ? readApi<Page<AuditView>>(c, "/audit", history) : null,
    ]);
  return {
    ...{ program, affiliate, enrollment, groups, links, coupons, sales, entries, statements },
    ...{ rates: rates.data, notes, payee, history: audit },
  };
}
