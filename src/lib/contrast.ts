const COLOR = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/;

/** The contrast of two colors such as `#0f6b5c` by WCAG 2, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Black or white, whichever can be read better on the color. */
export function textColorOn(color: string): string {
  const [light, dark] = ["#ffffff", "#10201e"];
  return contrast(color, light) >= contrast(color, dark) ? light : dark;
}

function luminance(color: string): number {
  const [, ...parts] = COLOR.exec(color) ?? [];
  const [red = 0, green = 0, blue = 0] = parts.map((part) => {
    const value = Number.parseInt(part, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
