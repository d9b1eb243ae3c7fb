// The search. Its index and its engine are loaded when it is first opened.

/** @typedef {import("minisearch").default<{ id: string }>} Index */
/** @typedef {{ id: string, page: string, heading: string, text: string, terms: string[] }} Found */

const RESULTS_MAX = 12;
const EXCERPT_CHARACTERS = 150;
/** Of an excerpt, how much comes before the word that was found. */
const LEAD_CHARACTERS = 40;

const dialog = document.querySelector("dialog.search");
const input = dialog?.querySelector("input");
const list = dialog?.querySelector("ol");
const status = dialog?.querySelector(".search-status");

const shortcut = document.querySelector(".search-open kbd");
if (shortcut !== null && navigator.userAgent.includes("Mac")) shortcut.textContent = "⌘ K";

/** @type {Promise<Index> | null} */
let index = null;

/**
 * @param {HTMLElement} element
 * @returns {Promise<Index>}
 */
async function loadIndex({ dataset }) {
  const [{ default: MiniSearch }, response] = await Promise.all([
    import(dataset.engine ?? ""),
    fetch(dataset.index ?? ""),
  ]);
  const { options, index } = await response.json();
  return MiniSearch.loadJS(index, options);
}

if (dialog instanceof HTMLDialogElement && input && list && status) {
  const open = () => {
    if (!dialog.open) dialog.showModal();
    input.select();
    prepare();
  };

  const prepare = () => {
    index ??= loadIndex(dialog);
    // A failed load is tried again the next time.
    index.then(search, () => {
      index = null;
      status.textContent = "The search could not be loaded. Check your connection and try again.";
    });
  };

  /** @param {Index} ready */
  const search = (ready) => {
    const query = input.value.trim();
    const results = /** @type {Found[]} */ (/** @type {unknown} */ (query === "" ? [] : ready.search(query)));
    list.replaceChildren(...results.slice(0, RESULTS_MAX).map(makeResult));
    status.textContent =
      query === ""
        ? "Search for a field, an error code or a task."
        : results.length === 0
          ? `Nothing was found for “${query}”.`
          : `${results.length} ${results.length === 1 ? "result" : "results"}`;
  };

  /** @param {number} step */
  const move = (step) => {
    const stops = [input, ...list.querySelectorAll("a")];
    const at = stops.findIndex((element) => element.matches(":focus"));
    stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus();
  };

  for (const button of document.querySelectorAll("[data-opens-search]")) button.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
    const isShortcut = event.key === "k" && (event.ctrlKey || event.metaKey);
    if (!isShortcut && (event.key !== "/" || isTyping)) return;
    event.preventDefault();
    open();
  });
  input.addEventListener("input", prepare);
  dialog.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      move(step);
    } else if (event.key === "Enter" && event.target === input) {
      list.querySelector("a")?.click();
    } else if (event.key === "Escape") {
      // Otherwise the field of a search is only emptied.
      event.preventDefault();
      dialog.close();
    }
  });
  // A link to another part of the same page leaves the page open.
  list.addEventListener("click", () => dialog.close());
  dialog.querySelector(".search-close")?.addEventListener("click", () => dialog.close());
  // The backdrop belongs to the dialog.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

/** @param {Found} found */
function makeResult({ id, page, heading, text, terms }) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = id;
  const title = document.createElement("strong");
  title.append(...mark(heading, terms));
  const place = document.createElement("span");
  place.className = "search-place";
  place.textContent = heading === page ? "" : page;
  const excerpt = document.createElement("span");
  excerpt.className = "search-excerpt";
  excerpt.append(...mark(cut(text, terms), terms));
  link.append(title, place, excerpt);
  item.append(link);
  return item;
}

/**
 * The part of a text around the first word that was found.
 * @param {string} text
 * @param {string[]} terms
 */
function cut(text, terms) {
  const at = Math.max(0, text.search(patternOf(terms)));
  const start = at <= LEAD_CHARACTERS ? 0 : text.indexOf(" ", at - LEAD_CHARACTERS) + 1;
  const end = start + EXCERPT_CHARACTERS;
  return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}

/**
 * The text as nodes, with the words that were found marked.
 * @param {string} text
 * @param {string[]} terms
 */
function mark(text, terms) {
  return text.split(patternOf(terms)).map((part, at) => {
    if (at % 2 === 0) return part;
    const marked = document.createElement("mark");
    marked.textContent = part;
    return marked;
  });
}

/**
 * One group, so that splitting keeps what was found.
 * @param {string[]} terms
 */
function patternOf(terms) {
  const escaped = terms.map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(${escaped.join("|") || "(?!)"})`, "i");
}
