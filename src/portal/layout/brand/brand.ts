/** The merchant's face on the pages of a program. */
import type { AffiliateProgram } from "../../../affiliates/enrollment-queries.ts";

/** What the header and the footer of a page show of a program. */
export type Brand = Pick<AffiliateProgram, "slug" | "name" | "logo_url" | "color" | "support_email" | "terms_url">;

/** The path of a program's logo, which its sign-up page has too. It is served from here, so that no other site is contacted. */
export function logoPathOf({ slug }: Pick<Brand, "slug">): string {
  return `/app/join/${encodeURIComponent(slug)}/logo`;
}
