// Closes an open menu on Escape, and when something else is clicked or focused.

/** @param {Event} event */
function closeMenus(event) {
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const open = document.querySelectorAll("details.menu[open]");
  for (const menu of open) {
    const isElsewhere = event.target instanceof Node && !menu.contains(event.target);
    if (event instanceof KeyboardEvent ? event.key === "Escape" : isElsewhere) menu.open = false;
  }
}
for (const type of ["pointerdown", "focusin", "keydown"]) document.addEventListener(type, closeMenus);
