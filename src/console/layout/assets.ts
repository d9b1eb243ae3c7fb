/** The styles and scripts that every page of the console contains, so that a page needs no other request. */
import { joinScripts, style as portalStyle } from "../../portal/layout/assets.ts";
import chartScript from "../../portal/layout/scripts/chart.client.js";
import copyButtonScript from "../../portal/layout/scripts/copy-button.client.js";
import menusScript from "../../portal/layout/scripts/menus.client.js";
import bulkScript from "./scripts/bulk.client.js";
import navigationScript from "./scripts/navigation.client.js";
import progressScript from "./scripts/progress.client.js";
import frame from "./styles/frame.css";
import pages from "./styles/pages.css";

/** The portal's styles come first: the console changes only what is denser. */
export const style = [portalStyle, frame, pages].join("\n");

/** Every page works without it. */
export const script = joinScripts([
  navigationScript,
  copyButtonScript,
  chartScript,
  menusScript,
  bulkScript,
  progressScript,
]);
