/** The styles and scripts of all pages, as text. */

import portalColors from "../../portal/layout/styles/colors.css";
import contentsScript from "./scripts/contents.client.js";
import copyCodeScript from "./scripts/copy-code.client.js";
import menuScript from "./scripts/menu.client.js";
import searchScript from "./scripts/search.client.js";
import themeScript from "./scripts/theme.client.js";
import themeToggleScript from "./scripts/theme-toggle.client.js";
import base from "./styles/base.css";
import code from "./styles/code.css";
import content from "./styles/content.css";
import docsColors from "./styles/docs-colors.css";
import frame from "./styles/frame.css";
import home from "./styles/home.css";
import print from "./styles/print.css";
import prose from "./styles/prose.css";
import reference from "./styles/reference.css";
import search from "./styles/search.css";
import sidebar from "./styles/sidebar.css";
import { addThemeChoice } from "./themes.ts";

/** In cascade order: colors first, print last. */
export const style = [
  ...[portalColors, docsColors].map(addThemeChoice),
  ...[base, frame, sidebar, content, prose, code, search, home, reference, print],
].join("\n");

/** Runs before the page is painted. */
export const firstScript = themeScript;

/** Runs when the page is there. In strict mode, what a block declares stays in the block. */
export const script = [
  '"use strict";',
  ...[themeToggleScript, menuScript, copyCodeScript, contentsScript, searchScript].map((text) => `{\n${text}}`),
].join("\n");
