import { html } from "hono/html";
import type { ImageCreative } from "../queries.ts";

/**
 * HTML for an affiliate's own page: the picture, which leads to `address`. Whatever is in a field stays in its attribute.
 * Marked as a paid link, as search engines ask for (Google Search Central, "Qualify your outbound links").
 */
export function writeSnippet(
  { url, width, height, alt }: Pick<ImageCreative, "url" | "width" | "height" | "alt">,
  address: string,
): string {
  return `${html`<a href="${address}" rel="sponsored"><img src="${url}" width="${width}" height="${height}" alt="${alt}"></a>`}`;
}
