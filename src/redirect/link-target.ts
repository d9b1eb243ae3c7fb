import type { Target } from "../links/choose-destination.ts";
import type { CookieMode } from "./consent.ts";

/** A program as visitors know it: its name, and the page that error pages lead to, null for none. */
export interface Shop {
  name: string;
  url: string | null;
}

/** Everything that a redirect needs about a link and its program, so that it works while D1 is unavailable. Times in ms. */
export interface LinkTarget {
  link_id: number;
  program_id: number;
  affiliate_id: number;
  program_slug: string;
  /** Username. */
  affiliate: string;
  /** When the affiliate last signed out everywhere; null for never, missing in copies that an earlier release cached. */
  signed_out_at?: number | null;
  channel: string | null;
  destination: string;
  targets: Target[] | null;
  forward_query: boolean;
  deep_links: boolean;
  destination_hosts: string[];
  referral_parameter: string | null;
  disabled: boolean;
  starts_at: number | null;
  expires_at: number | null;
  is_capped: boolean;
  fallback_url: string | null;
  /** The shop that the error pages name; null in copies that an earlier release cached. */
  shop: Shop | null;
  cookie_mode: CookieMode;
  cookie_domain: string | null;
  /** Null: never expires. */
  cookie_days: number | null;
  is_reward: boolean;
  /** Today's key for visitor hashes, in hex. */
  visitor_key: string;
}

/** A link, or null if there is none, with the time at which D1 returned it, in ms since the epoch. */
export interface LoadedLink {
  link: LinkTarget | null;
  loaded_at: number;
}
