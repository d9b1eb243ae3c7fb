// Marks the part of the page that is being read in the list of its headings.

/** @type {NodeListOf<HTMLAnchorElement>} */
const links = document.querySelectorAll(".contents a[href^='#']");
const byId = new Map([...links].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
const headings = [...byId.keys()].flatMap((id) => document.getElementById(id) ?? []);
/** A heading counts as reached when it is this far from the top, in pixels. */
const REACHED_PX = 120;

function markReached() {
  const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const reached = headings.filter((heading) => heading.getBoundingClientRect().top <= REACHED_PX);
  const current = atEnd ? headings.at(-1) : (reached.at(-1) ?? headings[0]);
  for (const [id, link] of byId) {
    if (id === current?.id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

if (headings.length > 0) {
  let isWaiting = false;
  addEventListener(
    "scroll",
    () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        markReached();
      });
    },
    { passive: true },
  );
  markReached();
}
