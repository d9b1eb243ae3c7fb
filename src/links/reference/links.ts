/** The calls of links, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  affiliate,
  count,
  created_at,
  flag,
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  pageOf,
  program,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { choiceParameter, filters, paging, parameter, sorting } from "../../api/layout/reference/parameters.ts";
import { counts } from "../../clicks/reference/schemas.ts";
import { VERDICTS } from "../../redirect/click.ts";
import { DEVICES } from "../choose-destination.ts";
import { linkChange, newLink } from "../link-fields.ts";

const targets = v.pipe(
  v.nullable(
    v.array(
      object({
        countries: v.optional(v.pipe(v.array(v.string()), v.description("ISO 3166-1 codes. Left out for all."))),
        devices: v.optional(v.pipe(v.array(v.picklist(DEVICES)), v.description("Left out for all."))),
        split: v.pipe(
          v.array(
            object({
              destination: text("A destination URL.", "https://shop.example/de"),
              weight: v.pipe(v.number(), v.description("Its share of the clicks.")),
            }),
          ),
          v.description("Destinations, one of which is drawn for each click."),
        ),
      }),
    ),
  ),
  v.description("Other destinations by country and device: the first target that fits applies. Null for none."),
  v.examples([null]),
);

/** A link with its counts. */
export const link = named("Link", {
  slug: text("Its path. Never changes.", "maya"),
  url: text("The whole link.", "http://localhost:8787/maya"),
  program: orNull(program),
  affiliate: orNull(affiliate),
  destination: text(
    "The destination URL. May contain placeholders such as `{click_id}`.",
    "http://localhost:8788/orbit",
  ),
  targets,
  kind: oneOf(["affiliate", "tracking"], "`tracking` is a second link of the same affiliate for one channel."),
  channel: mostlyNull(text("The channel of a tracking link.", "newsletter")),
  starts_at: mostlyNull(time("When it begins to work. Null at once.")),
  expires_at: mostlyNull(time("When it stops. Null never.")),
  click_cap: mostlyNull(count("After how many counted clicks it stops. Null never.", 1_000)),
  forward_query: flag("Whether the visitor's query is passed on to the destination.", false),
  deep_links: mostlyNull(flag("Whether `?url=` leads to another page. Null: as the program has it.", true)),
  disabled: flag("Whether it is switched off.", false),
  created_at,
  ...counts,
});

const FETCH = "What the browser reported of the request. Null if it reported nothing.";

const click = named("Click", {
  id: text("Its id: the time and random bits.", "019ca4b8a5c07c3e9f10a2b3c4d5e6f7"),
  at: time("When it was made."),
  verdict: orNull(oneOf(VERDICTS, "Whether it counted, or why it didn't.")),
  reason: mostlyNull(text("More about the verdict.", "the user agent of a crawler")),
  unique: flag("Whether it is its visitor's first click on this link on this day.", true),
  country: orNull(text("The visitor's country.", "US")),
  device: orNull(oneOf(DEVICES, "The kind of device.", "desktop")),
  referrer: mostlyNull(text("The host of the page with the link.", "mail.example.net")),
  user_agent: orNull(text("The browser.", "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36")),
  user_gesture: mostlyNull(flag("Whether a person caused the request. Null if the browser reported nothing.", true)),
  fetch_site: mostlyNull(text(FETCH, "cross-site")),
  fetch_mode: mostlyNull(text(FETCH, "navigate")),
  sub1: mostlyNull(text("The first sub-id.", "june")),
  sub2: mostlyNull(text("The second sub-id.", "top")),
  sub3: mostlyNull(text("The third sub-id.", "a")),
  sub4: mostlyNull(text("The fourth sub-id.", "b")),
  sub5: mostlyNull(text("The fifth sub-id.", "c")),
});

const SETTINGS = {
  destination: "The destination URL, on one of the program's hosts. May contain placeholders such as `{click_id}`.",
  targets: "Other destinations by country and device: the first target that fits applies. Null for none.",
  "targets.countries": "ISO 3166-1 codes. Left out for all.",
  "targets.devices": "Left out for all.",
  "targets.split": "Destinations, one of which is drawn for each click.",
  "targets.split.destination": "A destination URL.",
  "targets.split.weight": "Its share of the clicks, relative to the others.",
  channel: "The channel of a tracking link.",
  starts_at: "When it begins to work. Null at once.",
  expires_at: "When it stops. Null never.",
  click_cap: "After how many counted clicks it stops. Null never.",
  forward_query: "Whether the visitor's query is passed on to the destination.",
  deep_links: "Whether `?url=` leads to another page. Null: as the program has it.",
};

const LINK = { text: "The link's slug.", example: "maya", error: "link_not_found" };

/** Names the host of a link, where several have its slug. */
export const host = parameter("The link's host, where several hosts have the slug.");

/** What calls with a link in their path have in common. */
export const ofLink = { path: { slug: LINK }, errors: { 409: ["slug_ambiguous"] } };

/** The calls of `api.ts`. */
export const linkCalls: readonly Call[] = [
  {
    route: "POST /links",
    id: "createLink",
    tag: "Links",
    summary: "Create a link",
    body: {
      schema: newLink,
      fields: {
        ...SETTINGS,
        program: "The program's slug.",
        affiliate: "The username of an affiliate in the program.",
        slug: "Its path: 1–64 of a-z, 0-9, - and _. Drawn if left out. Never changes.",
        kind: "`tracking` is a second link of the same affiliate for one `channel`.",
      },
      example: {
        program: "acme",
        affiliate: "ada",
        slug: "ada-news",
        kind: "tracking",
        channel: "newsletter",
        destination: "https://shop.example/pricing",
      },
    },
    answers: { 201: link },
    errors: { 409: ["slug_taken"], 422: ["affiliate_not_enrolled", "affiliate_not_found", "program_not_found"] },
    sample: { before: [`api "$ORIGIN/v1/programs/acme/enrollments" -d '{"affiliate": "ada"}'`] },
  },
  {
    route: "GET /links",
    id: "listLinks",
    tag: "Links",
    summary: "List links with their counts",
    text: "Newest first, unless `sort` says otherwise. Filters combine.",
    query: {
      ...filters,
      kind: choiceParameter(["affiliate", "tracking"], "Only of this kind."),
      disabled: choiceParameter(["true", "false"], "Whether it is switched off."),
      q: parameter("Part of a slug, channel or destination URL, in any case."),
      ...sorting("created_at", "slug"),
    },
    answers: { 200: pageOf(link) },
    errors: { 422: ["affiliate_not_found", "program_not_found"] },
    sample: { query: "program=orbit&limit=2" },
  },
  {
    route: "GET /links/:slug",
    id: "getLink",
    tag: "Links",
    summary: "Read a link with its counts",
    query: { host },
    ...ofLink,
    answers: { 200: link },
    sample: {},
  },
  {
    route: "PATCH /links/:slug",
    id: "updateLink",
    tag: "Links",
    summary: "Change a link",
    text: "The slug and the owner never change. The change is in effect at once where the call was made, elsewhere within a minute.",
    path: ofLink.path,
    query: { host },
    body: {
      schema: linkChange,
      fields: { ...SETTINGS, disabled: "Whether it is switched off." },
      example: { expires_at: "2030-01-01T00:00:00Z", forward_query: true },
    },
    answers: { 200: link },
    errors: ofLink.errors,
    sample: { path: { slug: "ada-news" } },
  },
  {
    route: "GET /links/:slug/clicks",
    id: "listClicks",
    tag: "Links",
    summary: "List logged clicks",
    text: "Newest first, with the verdict on each. The log is kept for `CLICK_RETENTION_DAYS`, counts for good.",
    query: { host, ...paging },
    ...ofLink,
    answers: { 200: pageOf(click) },
    sample: { query: "limit=2" },
  },
];
