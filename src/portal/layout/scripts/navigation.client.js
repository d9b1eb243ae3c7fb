// Scrolls a navigation that is wider than the screen to the current page, where the browser can't do so by itself.

const tab = document.querySelector("nav.pages [aria-current]");
const tabs = document.querySelector("nav.pages");
if (tab instanceof HTMLElement && tabs instanceof HTMLElement && tabs.scrollWidth > tabs.clientWidth) {
  tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
}
