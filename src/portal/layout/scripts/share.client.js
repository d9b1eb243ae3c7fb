// Shows the buttons that open the device's own share menu, where there is one.

if (typeof navigator.share === "function") {
  /** @type {NodeListOf<HTMLButtonElement>} */
  const shareButtons = document.querySelectorAll("button[data-shares]");
  for (const button of shareButtons) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.share({ title: button.dataset.title ?? "", url: button.dataset.shares ?? "" });
      } catch {
        // The menu was closed.
      }
    });
  }
}
