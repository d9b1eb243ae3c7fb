/** The styles and scripts that every portal page contains, so that a page needs no other request. */

import chartScript from "./scripts/chart.client.js";
import copyButtonScript from "./scripts/copy-button.client.js";
import liveOverviewScript from "./scripts/live-overview.client.js";
import menusScript from "./scripts/menus.client.js";
import navigationScript from "./scripts/navigation.client.js";
import printScript from "./scripts/print.client.js";
import shareScript from "./scripts/share.client.js";
import timeZoneScript from "./scripts/time-zone.client.js";
import usernameScript from "./scripts/username.client.js";
import base from "./styles/base.css";
import blocks from "./styles/blocks.css";
import chart from "./styles/chart.css";
import choices from "./styles/choices.css";
import colors from "./styles/colors.css";
import figures from "./styles/figures.css";
import form from "./styles/form.css";
import join from "./styles/join.css";
import links from "./styles/links.css";
import pageFrame from "./styles/page-frame.css";
import print from "./styles/print.css";
import table from "./styles/table.css";
import terms from "./styles/terms.css";
import timeline from "./styles/timeline.css";

/** In cascade order: colors and elements first, print last. */
const styles = [
  colors,
  base,
  pageFrame,
  choices,
  blocks,
  figures,
  chart,
  table,
  timeline,
  terms,
  form,
  join,
  links,
  print,
];

/** In the order in which they run. */
const scripts = [
  navigationScript,
  copyButtonScript,
  printScript,
  shareScript,
  timeZoneScript,
  chartScript,
  menusScript,
  liveOverviewScript,
  usernameScript,
];

export const style = styles.join("\n");

/** Every page works without it. */
export const script = joinScripts(scripts);

/** Scripts as one. In strict mode, what a block declares stays in the block. */
export function joinScripts(texts: readonly string[]): string {
  return ['"use strict";', ...texts.map((text) => `{\n${text}}`)].join("\n");
}
