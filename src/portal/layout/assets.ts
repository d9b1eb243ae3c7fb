/** The styles and scripts that every portal page contains, so that a page needs no other request. */
import base from "./base.css";
import blocks from "./blocks.css";
import chartScript from "./chart.client.js";
import chart from "./chart.css";
import choices from "./choices.css";
import copyButtonScript from "./copy-button.client.js";
import figures from "./figures.css";
import form from "./form.css";
import links from "./links.css";
import liveOverviewScript from "./live-overview.client.js";
import menusScript from "./menus.client.js";
import pageFrame from "./page-frame.css";
import print from "./print.css";
import table from "./table.css";
import terms from "./terms.css";
import timeZoneScript from "./time-zone.client.js";
import timeline from "./timeline.css";

/** In cascade order: elements first, print last. */
const styles = [base, pageFrame, choices, blocks, figures, chart, table, timeline, terms, form, links, print];

/** In the order in which they run. */
const scripts = [copyButtonScript, timeZoneScript, chartScript, menusScript, liveOverviewScript];

export const style = styles.join("\n");

/** Every page works without it. In strict mode, what a block declares stays in the block. */
export const script = ['"use strict";', ...scripts.map((text) => `{\n${text}}`)].join("\n");
