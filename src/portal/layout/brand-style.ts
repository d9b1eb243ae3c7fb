/** The style of a program's own color. */

const COLOR = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/;
/** WCAG: the contrast of text, and of large parts such as buttons, against what is behind it. */
const TEXT_CONTRAST_MIN = 4.5;
/** The pages' backgrounds, light and dark. */
const LIGHT = "#f6f6f3";
const DARK = "#1c1c1a";

/** A style that gives buttons and links a color, where it can be read on the page: light and dark screens are judged apart. */
export function brandStyle(color: string): string {
  if (!COLOR.test(color)) return "";
  const text = contrast(color, "#ffffff") >= contrast(color, "#10201e") ? "#ffffff" : "#10201e";
  const rule = `:root { --accent: ${color}; --accent-soft: ${color}1f; --on-accent: ${text}; }`;
  return [
    ...(contrast(color, LIGHT) >= TEXT_CONTRAST_MIN ? [`@media (prefers-color-scheme: light) { ${rule} }`] : []),
    ...(contrast(color, DARK) >= TEXT_CONTRAST_MIN ? [`@media (prefers-color-scheme: dark) { ${rule} }`] : []),
  ].join("\n");
}

/** The contrast of two colors by WCAG 2, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(color: string): number {
  const [, ...parts] = COLOR.exec(color) ?? [];
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
