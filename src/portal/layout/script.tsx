/**
 * The portal's one script, on every page, for what a page alone cannot do: keep an open overview up to date, read a chart by
 * its columns, copy an address, and tell the server the reader's zone. Every page works without it.
 */
import { copyScript } from "./copy-script.ts";

export const script = `{${copyScript}}
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.split("; ").includes("lc_zone=" + zone))
    document.cookie = "lc_zone=" + zone + "; Path=/app; Max-Age=34560000; SameSite=Lax; Secure";

  const wire = (root) => {
    for (const chart of root.querySelectorAll(".chart")) {
      const readout = chart.querySelector(".readout");
      const plot = chart.querySelector(".plot");
      const all = readout.textContent;
      let at = -1;
      const columns = () => [...plot.querySelectorAll("svg")].find((svg) => svg.getClientRects().length > 0)?.querySelectorAll(".day") ?? [];
      const show = (next) => {
        const days = columns();
        for (const day of plot.querySelectorAll(".day.at")) day.classList.remove("at");
        at = next;
        if (!days[at]) { readout.textContent = all; return; }
        days[at].classList.add("at");
        readout.textContent = days[at].dataset.says;
      };
      for (const title of plot.querySelectorAll(".day > title")) {
        title.parentNode.dataset.says = title.textContent;
        title.remove();
      }
      plot.tabIndex = 0;
      plot.setAttribute("role", "group");
      plot.setAttribute("aria-label", "Chart; the arrow keys read it column by column");
      plot.addEventListener("pointermove", (event) => {
        const day = event.target.closest?.(".day");
        if (day) show([...columns()].indexOf(day));
      });
      plot.addEventListener("pointerleave", () => show(-1));
      plot.addEventListener("blur", () => show(-1));
      plot.addEventListener("keydown", (event) => {
        const last = columns().length - 1;
        const to = { ArrowLeft: at < 0 ? last : Math.max(0, at - 1), ArrowRight: at < 0 ? 0 : Math.min(last, at + 1), Home: 0, End: last, Escape: -1 }[event.key];
        if (to == null) return;
        event.preventDefault();
        show(to);
      });
    }
  };
  wire(document);

  // A menu closes when something else is clicked or focused, as menus do.
  const closeMenus = (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (event.key === "Escape" || (event.type !== "keydown" && !menu.contains(event.target))) menu.open = false;
  };
  for (const type of ["pointerdown", "focusin", "keydown"]) document.addEventListener(type, closeMenus);

  const live = document.getElementById("live");
  if (!live?.dataset.source) return;
  let tag = live.dataset.pulse;
  let quiet = 0;
  const later = () => setTimeout(look, quiet < 75 ? 4000 : 15000);
  const look = async () => {
    // Nothing is taken away under a selection that is being made.
    if (document.hidden || live.contains(getSelection()?.isCollapsed ? null : getSelection()?.anchorNode ?? null)) return later();
    try {
      const answer = await fetch(live.dataset.source, { headers: { "If-None-Match": tag } });
      if (answer.status === 304) quiet += 1;
      else if (answer.ok) {
        quiet = 0;
        tag = answer.headers.get("ETag");
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const open = [...live.querySelectorAll("details")].map((part) => part.open);
        const reached = "a, button, input, summary, [tabindex]";
        const focused = [...live.querySelectorAll(reached)].indexOf(document.activeElement);
        live.replaceChildren(...fresh.body.childNodes);
        live.querySelectorAll("details").forEach((part, place) => { part.open = open[place] ?? false; });
        document.getElementById("live-news").textContent = answer.headers.get("X-News") ?? "";
        wire(live);
        live.querySelectorAll(reached)[focused]?.focus({ preventScroll: true });
      } else if (answer.status === 401) return location.reload();
    } catch { quiet += 1; }
    later();
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) quiet = 0; });
  later();
})();
`;
