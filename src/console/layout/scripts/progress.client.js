// Loads a page again while what it shows is under way. Without JavaScript its reload link does that.

const RELOAD_MS = 2_000;

/** What is under way, by `data-reloads` of the page's elements with an id. */
async function reload() {
  const shown = [...document.querySelectorAll("[data-reloads][id]")];
  if (shown.length === 0) return;
  if (document.hidden) {
    setTimeout(reload, RELOAD_MS);
    return;
  }
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const old of shown) {
      const fresh = page.getElementById(old.id);
      // What else the page shows may have changed with it.
      if (!response.ok || fresh === null || !fresh.hasAttribute("data-reloads")) return location.reload();
      if (fresh.innerHTML !== old.innerHTML) old.replaceWith(document.adoptNode(fresh));
    }
  } catch {
    // The connection is down: try again.
  }
  setTimeout(reload, RELOAD_MS);
}
if (document.querySelector("[data-reloads]") !== null) setTimeout(reload, RELOAD_MS);
