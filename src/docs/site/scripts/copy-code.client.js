// Copy buttons on blocks of code. Without JavaScript there are none.

const COPIED_MS = 2_000;
const announcement = document.getElementById("announcement");

/** @type {NodeListOf<HTMLElement>} */
const figures = document.querySelectorAll("figure.code");
for (const figure of figures) {
  const code = figure.querySelector("code");
  const caption = figure.querySelector("figcaption");
  if (code === null || caption === null) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    const isCopied = await copy(code);
    button.textContent = isCopied ? "Copied" : "Selected";
    if (announcement !== null) announcement.textContent = isCopied ? "The code is copied" : "The code is selected";
    setTimeout(() => {
      button.textContent = "Copy";
      if (announcement !== null) announcement.textContent = "";
    }, COPIED_MS);
  });
  caption.append(button);
}

/**
 * Copies an element's text; where the clipboard isn't available, selects it instead.
 * @param {HTMLElement} element
 */
async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    return false;
  }
}
