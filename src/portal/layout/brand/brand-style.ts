/** The style of a program's own color. */
import { contrast, textColorOn } from "../../../lib/contrast.ts";

const COLOR = /^#[0-9a-f]{6}$/;
/** WCAG: the contrast of text, and of large parts such as buttons, against what is behind it. */
const TEXT_CONTRAST_MIN = 4.5;
/** The pages' backgrounds, light and dark. */
const LIGHT = "#f6f6f3";
const DARK = "#1c1c1a";

/** A style that gives buttons and links a color, where it can be read on the page: light and dark screens are judged apart. */
export function brandStyle(color: string): string {
  if (!COLOR.test(color)) return "";
  const rule = `:root { --accent: ${color}; --accent-soft: ${color}1f; --on-accent: ${textColorOn(color)}; }`;
  return [
    ...(contrast(color, LIGHT) >= TEXT_CONTRAST_MIN ? [`@media (prefers-color-scheme: light) { ${rule} }`] : []),
    ...(contrast(color, DARK) >= TEXT_CONTRAST_MIN ? [`@media (prefers-color-scheme: dark) { ${rule} }`] : []),
  ].join("\n");
}
