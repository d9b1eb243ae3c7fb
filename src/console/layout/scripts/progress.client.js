// Loads a page again while what it shows is under way. Without JavaScript its reload link does that.

const RELOAD_MS = 2_000;

/** What is under way, by `data-reloads` of the page's element with that id. */
async function reload() {
  const shown = document.querySelector("[data-reloads]");
  if (shown === null || shown.id === "") return;
  if (document.hidden) {
    setTimeout(reload, RELOAD_MS);
    return;
  }
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById(shown.id);
    // What else the page shows may have changed with it.
    if (!response.ok || fresh === null || !fresh.hasAttribute("data-reloads")) return location.reload();
    if (fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // The connection is down: try again.
  }
  setTimeout(reload, RELOAD_MS);
}
if (document.querySelector("[data-reloads]") !== null) setTimeout(reload, RELOAD_MS);
