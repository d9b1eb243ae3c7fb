// Unfolds long lists before the page is printed.

window.addEventListener("beforeprint", () => {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const folded = document.querySelectorAll("details.rest");
  for (const details of folded) details.open = true;
});
