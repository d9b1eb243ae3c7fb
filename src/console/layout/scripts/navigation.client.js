// Folds the navigation up on a narrow screen. Without JavaScript it stays unfolded.

const menu = document.querySelector("details.side-menu");
const narrow = matchMedia("(width < 60rem)");

function fold() {
  if (menu instanceof HTMLDetailsElement) menu.open = !narrow.matches;
}
narrow.addEventListener("change", fold);
fold();
