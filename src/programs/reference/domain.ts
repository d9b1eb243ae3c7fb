/** The check of a program's link domain, for the reference. */
import type { Call } from "../../api/layout/reference/call.ts";
import { flag, listOf, mostlyNull, named, object, oneOf, text } from "../../api/layout/reference/fields.ts";
import { choiceParameter } from "../../api/layout/reference/parameters.ts";
import { COOKIE_MODES } from "../../redirect/consent.ts";

/** Whether a program's hosts fit together. */
export const domainCheck = named("DomainCheck", {
  link_host: text("The host of the program's links.", "localhost:8787"),
  answers: flag("Whether this service answers there over https within 3 seconds.", true),
  cookie_mode: oneOf(COOKIE_MODES, "Whether redirects set a cookie."),
  cookie_domain: mostlyNull(text("The `Domain` of the cookie. Null for the link host only.", "example.com")),
  destination_hosts: listOf(
    object({
      host: text("A destination host.", "shop.example"),
      reads_cookie: flag("Whether browsers send the cookie to it, too.", false),
      is_same_site: flag(
        "Whether it has the link host's registrable domain, so that a cookie domain can cover both.",
        false,
      ),
    }),
    "The hosts that links may lead to.",
  ),
});

/** The call of `domain-api.ts`. */
export const domainCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/domain",
    id: "checkProgramDomain",
    tag: "Programs",
    summary: "Check the link domain and the cookie",
    text: "Whether the link domain leads to this service, and whether the shop gets the cookie. A shop that doesn't reads the click from the landing URL. A domain that answered isn't asked again for an hour, one that didn't for a minute.",
    query: { fresh: choiceParameter(["true", "false"], "`true` asks the domain now.") },
    answers: { 200: domainCheck },
    sample: {},
  },
];
