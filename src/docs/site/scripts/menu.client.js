// The menu of narrow screens. Without JavaScript its link leads to the sidebar, and the stylesheet shows the sidebar then.

const opener = document.querySelector("a.menu-link");
const sidebar = document.getElementById("sidebar");
const closer = document.querySelector("a.sidebar-close");

/** @param {boolean} isOpen */
function showMenu(isOpen) {
  sidebar?.classList.toggle("open", isOpen);
  opener?.setAttribute("aria-expanded", String(isOpen));
  document.body.classList.toggle("menu-open", isOpen);
}

if (opener instanceof HTMLElement && closer instanceof HTMLElement && sidebar !== null) {
  opener.setAttribute("role", "button");
  closer.setAttribute("role", "button");
  opener.setAttribute("aria-controls", "sidebar");
  showMenu(false);
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    showMenu(true);
    closer.focus();
  });
  closer.addEventListener("click", (event) => {
    event.preventDefault();
    showMenu(false);
    opener.focus();
  });
  sidebar.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !sidebar.classList.contains("open")) return;
    showMenu(false);
    opener.focus();
  });
  // Another element has been focused or pressed.
  for (const type of ["pointerdown", "focusin"]) {
    document.addEventListener(type, (event) => {
      const isOpen = sidebar.classList.contains("open");
      if (isOpen && event.target instanceof Node && !sidebar.contains(event.target)) showMenu(false);
    });
  }
  // A link, unlike a button, isn't pressed by the space bar.
  for (const link of [opener, closer]) {
    link.addEventListener("keydown", (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      link.click();
    });
  }
}

// A long sidebar begins where the current page is.
const current = sidebar?.querySelector("a[aria-current]");
if (sidebar !== null && current) {
  const below = current.getBoundingClientRect().bottom - sidebar.getBoundingClientRect().bottom;
  if (below > 0) sidebar.scrollTop += below + sidebar.clientHeight / 2;
}
