/** The calls of creatives, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  count,
  created_at,
  mostlyNull,
  named,
  oneOf,
  pageOf,
  program,
  text,
} from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { creativeChange, newCreative } from "../creative-fields.ts";

const common = {
  id: text("Its id.", "cr_5d41402abc4b2a76b9719d91"),
  program,
  kind: oneOf(["image", "text", "resource"], "What it is. Each kind has its own fields."),
  title: text("What affiliates see above it.", "Sidebar"),
  position: count("Its place among the program's creatives, lowest first.", 2),
};

const own = {
  url: v.optional(text("The image, or the page of a resource.", "https://cdn.shop.example/sidebar.png")),
  width: v.optional(count("The image's width in CSS pixels.", 300)),
  height: v.optional(count("The image's height in CSS pixels.", 250)),
  alt: v.optional(text("The image in words.", "Orbit: project planning for small teams")),
  destination_url: v.optional(
    mostlyNull(
      text("Where the creative's link leads. Null: where the affiliate's link leads.", "https://shop.example/"),
    ),
  ),
};

const written = v.optional(
  text("A text of the kind `text`, with `{link}` where the affiliate's link goes.", "Plan less, ship more: {link}"),
);

const imageExample = {
  id: "cr_5d41402abc4b2a76b9719d91",
  program: "orbit",
  kind: "image",
  title: "Sidebar",
  position: 2,
  url: "https://cdn.shop.example/sidebar.png",
  width: 300,
  height: 250,
  alt: "Orbit: project planning for small teams",
  destination_url: null,
  created_at: "2026-03-02T09:30:00.000Z",
} as const;

/** A creative. */
export const creative = v.pipe(
  named("Creative", { ...common, ...own, text: written, created_at }),
  v.examples([imageExample]),
);

const deleted = v.strictObject({
  ...common,
  ...own,
  text: written,
  created_at,
  status: oneOf(["deleted"], "Always `deleted`."),
});

const FIELDS = {
  title: "What affiliates see above it.",
  position: "Its place among the program's creatives, lowest first. Last if left out.",
  url: "The image, or the page of a resource: https only.",
  width: "The image's width in CSS pixels.",
  height: "The image's height in CSS pixels.",
  alt: "The image in words.",
  text: "A text of the kind `text`, with `{link}` where the affiliate's link goes.",
  destination_url:
    "Where the creative's link leads, on one of the program's hosts. Null: where the affiliate's link leads.",
};

const CREATIVE = { text: "The creative's id.", example: "cr_5d41402abc4b2a76b9719d91", error: "creative_not_found" };

const find = {
  path: { creative: "$CREATIVE" },
  before: [`CREATIVE=$(api "$ORIGIN/v1/programs/orbit/creatives" | jq -r '.data[] | select(.title == "Square").id')`],
};

/** The calls of `api.ts`. */
export const creativeCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/creatives",
    id: "listCreatives",
    tag: "Creatives",
    summary: "List creatives",
    text: "In the order that affiliates see.",
    query: paging,
    answers: { 200: pageOf(creative) },
    sample: { query: "limit=2" },
  },
  {
    route: "POST /programs/:program/creatives",
    id: "createCreative",
    tag: "Creatives",
    summary: "Create a creative",
    text: "200 for a repeated call.",
    body: {
      schema: newCreative,
      fields: { ...FIELDS, kind: "What it is. Each kind has its own fields." },
      example: {
        kind: "image",
        title: "Square",
        url: "https://cdn.shop.example/square.png",
        width: 250,
        height: 250,
        alt: "Orbit: project planning for small teams",
      },
    },
    needs_idempotency_key: true,
    answers: { 200: creative, 201: creative },
    errors: { 409: ["too_many_creatives"] },
    sample: {},
  },
  {
    route: "GET /programs/:program/creatives/:creative",
    id: "getCreative",
    tag: "Creatives",
    summary: "Read a creative",
    path: { creative: CREATIVE },
    answers: { 200: creative },
    sample: find,
  },
  {
    route: "PATCH /programs/:program/creatives/:creative",
    id: "updateCreative",
    tag: "Creatives",
    summary: "Change a creative",
    text: "The kind never changes.",
    path: { creative: CREATIVE },
    body: {
      schema: v.union([creativeChange.image, creativeChange.text, creativeChange.resource]),
      fields: FIELDS,
      example: { position: 9 },
    },
    answers: { 200: creative },
    sample: find,
  },
  {
    route: "DELETE /programs/:program/creatives/:creative",
    id: "deleteCreative",
    tag: "Creatives",
    summary: "Delete a creative",
    path: { creative: CREATIVE },
    answers: { 200: { schema: deleted, example: { ...imageExample, status: "deleted" } } },
    sample: find,
  },
];
