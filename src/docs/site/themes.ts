/** The rule for dark screens in a file of colors. */
const DARK_RULE = /@media \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}\s*\}/;

/** Lets a choice on the page (`data-theme`) take precedence over the system's preference, in a file of colors. */
export function addThemeChoice(colors: string): string {
  const dark = DARK_RULE.exec(colors)?.[1];
  if (dark === undefined) throw new Error("The file of colors has no rule for dark screens.");
  return `${colors.replace(
    DARK_RULE,
    `@media (prefers-color-scheme: dark) {\n  :root:not([data-theme="light"]) {${dark}}\n}`,
  )}
:root[data-theme="dark"] {${dark}}
:root[data-theme="light"] {
  color-scheme: light;
}
:root[data-theme="dark"] {
  color-scheme: dark;
}
`;
}
