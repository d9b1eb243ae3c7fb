// Runs before the page is painted: applies the reader's choice of light or dark, and shows what needs JavaScript.

const root = document.documentElement;
root.dataset.script = "on";
try {
  const chosen = localStorage.getItem("lc_docs_theme");
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
} catch {
  // Storage is blocked: the page follows the system.
}
