// The button for dark mode. A choice is remembered; the one that the system has anyway is not, so that the page follows it again.

const KEY = "lc_docs_theme";
const page = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const toggle = document.querySelector("button.theme-toggle");

function isDark() {
  return page.dataset.theme === undefined ? system.matches : page.dataset.theme === "dark";
}

function showState() {
  toggle?.setAttribute("aria-pressed", String(isDark()));
}

/** @param {string | null} theme */
function applyTheme(theme) {
  if (theme === "light" || theme === "dark") page.dataset.theme = theme;
  else delete page.dataset.theme;
  showState();
}

toggle?.addEventListener("click", () => {
  const isDarkNext = !isDark();
  const choice = isDarkNext === system.matches ? null : isDarkNext ? "dark" : "light";
  applyTheme(choice);
  try {
    if (choice === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Storage is blocked: the choice ends with the page.
  }
});
system.addEventListener("change", showState);
addEventListener("storage", (event) => {
  if (event.key === KEY) applyTheme(event.newValue);
});
// The browser's "back" shows the page as it was left.
addEventListener("pageshow", showState);
showState();
