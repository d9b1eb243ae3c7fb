import { html } from "hono/html";
import type { ImageCreative } from "../queries.ts";

/**
 * HTML for the affiliate's own page: the image, linked to `url`. Values are escaped. `rel="sponsored"` marks a paid link, as
 * search engines require (Google Search Central, "Qualify your outbound links").
 */
export function writeSnippet(
  { url: image, width, height, alt }: Pick<ImageCreative, "url" | "width" | "height" | "alt">,
  url: string,
): string {
  return `${html`<a href="${url}" rel="sponsored"><img src="${image}" width="${width}" height="${height}" alt="${alt}"></a>`}`;
}
