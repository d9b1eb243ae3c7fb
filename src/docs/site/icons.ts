import { type Html, html, raw } from "./html.ts";

/** Drawn with lines in the color of the text, on a grid of 24. */
const PATHS = {
  search: '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>',
  menu: '<path d="M4 7h16M4 12h16M4 17h16"/>',
  close: '<path d="m6 6 12 12M18 6 6 18"/>',
  sun: '<circle cx="12" cy="12" r="4"/><path d="M12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4"/>',
  moon: '<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z"/>',
  chevron: '<path d="m9 6 6 6-6 6"/>',
  left: '<path d="M19 12H5M11 6l-6 6 6 6"/>',
  right: '<path d="M5 12h14M13 6l6 6-6 6"/>',
} as const;

/** An icon beside a text that says the same. */
export function icon(name: keyof typeof PATHS, size = 18): Html {
  return html`<svg class="icon icon-${name}" viewBox="0 0 24 24" width="${size}" height="${size}" aria-hidden="true">${raw(PATHS[name])}</svg>`;
}

/** The mark of the brand, as in the portal. */
export function brandMark(): Html {
  return html`<svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true"><rect width="32" height="32" rx="8"/><path d="M10 8l13 8.6-6 1.3-2.8 5.6z"/></svg>`;
}

/** The tab's icon, as a file. */
export const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0f766e"/><path d="M10 8l13 8.6-6 1.3-2.8 5.6z" fill="#fff"/></svg>\n`;
