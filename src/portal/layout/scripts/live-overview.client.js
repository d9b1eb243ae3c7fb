// Keeps an open overview up to date.

const POLL_MS = 4_000;
const SLOW_POLL_MS = 15_000;
/** Polls without news before polling slows down: five minutes. */
const QUIET_POLLS = 75;
const FOCUSABLE = "a, button, input, summary, [tabindex]";

const live = document.getElementById("live");
if (live?.dataset.source) keepUpToDate(live, live.dataset.source);

/**
 * @param {HTMLElement} live
 * @param {string} source
 */
function keepUpToDate(live, source) {
  let tag = live.dataset.pulse ?? "";
  let quiet = 0;

  function pollLater() {
    setTimeout(poll, quiet < QUIET_POLLS ? POLL_MS : SLOW_POLL_MS);
  }

  async function poll() {
    if (document.hidden || isSelecting(live) || isTyping(live)) return pollLater();
    try {
      const response = await fetch(source, { headers: { "If-None-Match": tag } });
      if (response.status === 304) quiet += 1;
      else if (response.ok) {
        quiet = 0;
        tag = response.headers.get("ETag") ?? "";
        replaceContent(live, await response.text());
        const news = document.getElementById("live-news");
        if (news !== null) news.textContent = response.headers.get("X-News") ?? "";
      } else if (response.status === 401) return location.reload();
    } catch {
      quiet += 1;
    }
    pollLater();
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) quiet = 0;
  });
  pollLater();
}

/**
 * Whether text in an element is selected: it must not be replaced meanwhile.
 * @param {Element} element
 */
function isSelecting(element) {
  const selection = getSelection();
  return selection !== null && !selection.isCollapsed && element.contains(selection.anchorNode);
}

/**
 * Whether a field in an element has the focus: what is typed there must stay.
 * @param {Element} element
 */
function isTyping(element) {
  const { activeElement } = document;
  return activeElement instanceof HTMLInputElement && element.contains(activeElement);
}

/**
 * Replaces an element's content, and keeps what was unfolded and focused.
 * @param {Element} element
 * @param {string} html
 */
function replaceContent(element, html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const wasOpen = [...element.querySelectorAll("details")].map((details) => details.open);
  const { activeElement } = document;
  const focused = activeElement === null ? -1 : [...element.querySelectorAll(FOCUSABLE)].indexOf(activeElement);
  element.replaceChildren(...body.childNodes);
  element.querySelectorAll("details").forEach((details, index) => {
    details.open = wasOpen[index] ?? false;
  });
  element.dispatchEvent(new Event("contentreplaced", { bubbles: true }));
  const target = element.querySelectorAll(FOCUSABLE)[focused];
  if (target instanceof HTMLElement) target.focus({ preventScroll: true });
}
