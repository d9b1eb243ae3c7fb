// Copy buttons. Without JavaScript they are hidden, and the field beside one can still be selected.

/** @type {NodeListOf<HTMLButtonElement>} */
const buttons = document.querySelectorAll("button[data-copies]");
const announcement = document.getElementById("copied");

for (const button of buttons) {
  const field = document.getElementById(button.dataset.copies ?? "");
  if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) continue;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy");
    }
    // Selecting has moved the focus to the field.
    button.focus();
    button.textContent = "Copied";
    announce(button.dataset.says || "The address is copied");
  });
  button.addEventListener("blur", () => {
    button.textContent = "Copy";
    announce("");
  });
}

/**
 * Tells screen readers.
 * @param {string} text
 */
function announce(text) {
  if (announcement !== null) announcement.textContent = text;
}
