/** Links in the console: their paths, and what a form changes. */
import type * as v from "valibot";
import { programHref } from "../../console/layout/navigation.ts";
import { buildHref } from "../../portal/layout/href.ts";
import type { link } from "../reference/links.ts";

/** A link as the API shows it. */
export type LinkView = v.InferOutput<typeof link>;

/** Where a time is cut for an input. */
const TO_MINUTES = "2026-01-01T10:00".length;

/** The URL of a link's page. Several hosts may have a link with its slug. */
export function linkHref(program: string, { slug, url }: Pick<LinkView, "slug" | "url">, path = ""): string {
  // Slugs are found in any case, paths aren't: in capitals, a slug is never the name of a page.
  const segment = slug === "new" ? slug.toUpperCase() : slug;
  return buildHref(programHref(program, `/links/${encodeURIComponent(segment)}${path}`), { host: new URL(url).host });
}

/** A link's settings as values of a form. */
export function toValues(link: LinkView): Record<string, string> {
  const { destination, channel, starts_at, expires_at, click_cap, forward_query, deep_links } = link;
  return {
    destination,
    channel: channel ?? "",
    starts_at: starts_at?.slice(0, TO_MINUTES) ?? "",
    expires_at: expires_at?.slice(0, TO_MINUTES) ?? "",
    click_cap: click_cap === null ? "" : String(click_cap),
    forward_query: forward_query ? "on" : "",
    deep_links: deep_links === null ? "" : String(deep_links),
  };
}

/** The API's fields for values that differ from the link's. */
export function readChanges(link: LinkView, values: Readonly<Record<string, string>>): Record<string, unknown> {
  const known = toValues(link);
  const entered = { ...values, forward_query: values.forward_query ?? "" };
  const changed = Object.entries(entered).filter(([name, value]) => name in known && known[name] !== value.trim());
  return Object.fromEntries(changed.map(([name, value]) => [name, readField(name, value.trim())]));
}

function readField(name: string, text: string): unknown {
  if (name === "forward_query") return text === "on";
  if (text === "") return name === "destination" ? "" : null;
  switch (name) {
    case "starts_at":
    case "expires_at":
      return `${text}:00Z`;
    case "click_cap":
      return Number(text);
    case "deep_links":
      return text === "true";
    default:
      return text;
  }
}
