import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addThemeChoice } from "../../../src/docs/site/themes.ts";
import { ROOT } from "./site.ts";

const COLORS = `:root {
  --a: white;
}
@media (prefers-color-scheme: dark) {
  :root {
    --a: black;
  }
}
`;

test("a choice on the page takes precedence over the system's", () => {
  const css = addThemeChoice(COLORS).replaceAll(/\s+/g, " ");
  expect(css).toContain('@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) { --a: black; } }');
  expect(css).toContain(':root[data-theme="dark"] { --a: black; }');
});

test("a file without dark colors is refused", () => {
  expect(() => addThemeChoice(":root { --a: white; }")).toThrow("no rule for dark screens");
});

test.each(["src/portal/layout/styles/colors.css", "src/docs/site/styles/docs-colors.css"])(
  "%s has as many colors for dark screens as for light ones",
  (file) => {
    const css = readFileSync(join(ROOT, file), "utf8");
    const namesOf = (text: string) => [...text.matchAll(/(--[\w-]+):/g)].map(([, name]) => name);
    const [light = "", dark = ""] = css.split("@media");
    expect(namesOf(dark)).toEqual(namesOf(light));
  },
);
