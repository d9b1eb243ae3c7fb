// Reads a chart column by column, with the pointer or the arrow keys.

wireCharts(document);
// live-overview.client.js replaces charts.
document.addEventListener("contentreplaced", (event) => {
  if (event.target instanceof Element) wireCharts(event.target);
});

/** @param {ParentNode} root */
function wireCharts(root) {
  for (const chart of root.querySelectorAll(".chart")) {
    const readout = chart.querySelector(".readout");
    const plot = chart.querySelector(".plot");
    if (readout instanceof HTMLElement && plot instanceof HTMLElement) wireChart(readout, plot);
  }
}

/**
 * @param {HTMLElement} readout
 * @param {HTMLElement} plot
 */
function wireChart(readout, plot) {
  const total = readout.textContent;
  let at = -1;

  /**
   * The columns of the drawing that fits the screen; the others are hidden.
   * @returns {SVGElement[]}
   */
  function listColumns() {
    const shown = [...plot.querySelectorAll("svg")].find((svg) => svg.getClientRects().length > 0);
    return [...(shown?.querySelectorAll("g.day") ?? [])].filter((column) => column instanceof SVGElement);
  }

  /**
   * Reads out a column, or the total where there is no such column.
   * @param {number} next
   */
  function show(next) {
    for (const column of plot.querySelectorAll(".day.at")) column.classList.remove("at");
    at = next;
    const column = listColumns()[at];
    column?.classList.add("at");
    readout.textContent = column?.dataset.says ?? total;
  }

  // A title would pop up over the readout that says the same.
  for (const title of plot.querySelectorAll(".day > title")) {
    if (title.parentNode instanceof SVGElement) title.parentNode.dataset.says = title.textContent ?? "";
    title.remove();
  }
  plot.tabIndex = 0;
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", "Chart; the arrow keys read it column by column");
  plot.addEventListener("pointermove", (event) => {
    const column = event.target instanceof Element ? event.target.closest(".day") : null;
    if (column instanceof SVGElement) show(listColumns().indexOf(column));
  });
  plot.addEventListener("pointerleave", () => show(-1));
  plot.addEventListener("blur", () => show(-1));
  plot.addEventListener("keydown", (event) => {
    const last = listColumns().length - 1;
    /** @type {Record<string, number>} */
    const moves = {
      ArrowLeft: at < 0 ? last : Math.max(0, at - 1),
      ArrowRight: at < 0 ? 0 : Math.min(last, at + 1),
      Home: 0,
      End: last,
      Escape: -1,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    show(next);
  });
}
