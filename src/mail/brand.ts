/** Who an email is from, as its reader sees it. */
export interface Brand {
  /** Of the program. */
  name: string;
  /** `#rrggbb`; null for the default. */
  color: string | null;
  /** An https URL; null for none. */
  logo_url: string | null;
  /** Where replies go; null for nowhere. */
  support_email: string | null;
}
