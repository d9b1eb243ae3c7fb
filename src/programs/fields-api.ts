/** The fields of a program in the API. */
import { getDomain } from "tldts";
import * as v from "valibot";
import { currencyCode, displayName, emailAddress } from "../lib/validation.ts";
import { HOST_PATTERN } from "../links/destination.ts";
import { COOKIE_MODES } from "../redirect/consent.ts";
import { RESERVED_PROGRAM_NAMES } from "../redirect/cookie.ts";
import { isOwnParameter } from "../redirect/location.ts";
import { termsFields } from "./terms-fields.ts";

const PROGRAM_SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A program's slug is part of a cookie's name and of paths. */
const programSlug = v.pipe(
  v.string(),
  v.regex(PROGRAM_SLUG, "must be 1–63 of a-z, 0-9 and -, and not begin with -"),
  v.check(
    (slug) => !RESERVED_PROGRAM_NAMES.has(slug),
    "is reserved, because lc_ and this name is a cookie of Lastclick",
  ),
);

/** A domain name with its dots, and a port. */
const HOST_MAX_CHARACTERS = 259;

const host = v.pipe(
  v.string(),
  v.maxLength(HOST_MAX_CHARACTERS, `must have at most ${HOST_MAX_CHARACTERS} characters`),
  v.toLowerCase(),
  v.check(
    (text) => HOST_PATTERN.test(text) && URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text,
    "must be a host, with its port where that is not the default one: shop.example or localhost:8788",
  ),
);

const destinationHosts = v.pipe(
  v.array(host),
  v.minLength(1, "must name at least one host"),
  v.maxLength(100, "must name at most 100 hosts"),
);

/** A domain below a public suffix (publicsuffix.org): browsers refuse cookies for anything wider. */
const cookieDomain = v.pipe(
  v.string(),
  v.maxLength(HOST_MAX_CHARACTERS, `must have at most ${HOST_MAX_CHARACTERS} characters`),
  v.toLowerCase(),
  // RFC 6265, 5.2.3: a leading dot says nothing.
  v.transform((domain) => domain.replace(/^\./, "")),
  v.check(
    (domain) =>
      HOST_PATTERN.test(domain) && !domain.includes(":") && getDomain(domain, { allowPrivateDomains: true }) !== null,
    "must be a registrable domain or a subdomain of one: browsers refuse cookies for public suffixes",
  ),
);

/** A postal address in lines. */
const address = v.pipe(
  v.string(),
  v.transform((text) => text.replaceAll("\r\n", "\n").trim()),
  v.minLength(1, "must not be empty"),
  v.maxLength(500, "must have at most 500 characters"),
  v.regex(/^(?:[^\p{Cc}]|\n)*$/u, "must not contain control characters other than line feeds"),
);

const settings = {
  name: displayName,
  /** The merchant's, for statements. */
  legal_name: v.optional(v.nullable(displayName)),
  address: v.optional(v.nullable(address)),
  cookie_mode: v.optional(v.picklist(COOKIE_MODES)),
  cookie_domain: v.optional(v.nullable(cookieDomain)),
  fallback_url: v.optional(v.nullable(v.string())),
  home_url: v.optional(v.nullable(v.string())),
  logo_url: v.optional(v.nullable(v.string())),
  color: v.optional(
    v.nullable(v.pipe(v.string(), v.toLowerCase(), v.regex(/^#[0-9a-f]{6}$/, "must be a color such as #0f766e"))),
  ),
  headline: v.optional(v.nullable(displayName)),
  support_email: v.optional(v.nullable(emailAddress)),
  terms_url: v.optional(v.nullable(v.string())),
  terms_version: v.optional(v.nullable(displayName)),
  referral_parameter: v.optional(
    v.nullable(
      v.pipe(
        v.string(),
        v.regex(/^[A-Za-z0-9_.-]{1,40}$/, "must be 1–40 of A-Z, a-z, 0-9, _ . -"),
        v.check((name) => !isOwnParameter(name), "is a parameter that links use themselves; choose another one"),
      ),
    ),
  ),
  deep_links: v.optional(v.boolean()),
  own_slugs: v.optional(v.boolean()),
  kind: v.optional(v.picklist(["standard", "reward"])),
  /** How many users must approve a payout run before it is paid. With 1, any key that may pay. */
  payout_approvals: v.optional(v.picklist([1, 2])),
  /** Whether a run is drafted by itself on the first day of the window. */
  payout_auto_draft: v.optional(v.boolean()),
};

/** The body of `POST /v1/programs`. */
export const newProgram = v.strictObject({
  ...settings,
  slug: programSlug,
  currency: currencyCode,
  ...termsFields,
  destination_hosts: destinationHosts,
  redirect_host: v.optional(v.nullable(host)),
});

/** The body of `PATCH /v1/programs/:program`. */
export const programChange = v.strictObject({
  ...settings,
  name: v.optional(displayName),
  destination_hosts: v.optional(destinationHosts),
  redirect_host: v.optional(v.nullable(host)),
});
