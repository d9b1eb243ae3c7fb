import { dirname, resolve } from "node:path";
import type { Plugin } from "vitest/config";

/** Imports styles and browser scripts as text in Node, as `[[rules]]` in wrangler.toml does in workerd. */
export const importAsText: Plugin = {
  name: "import-as-text",
  enforce: "pre",
  // Otherwise Vitest imports styles as empty text.
  config: () => ({ test: { css: true } }),
  resolveId: (source, importer) =>
    importer !== undefined && /\.(css|client\.js)$/.test(source) ? `${resolve(dirname(importer), source)}?raw` : null,
};
