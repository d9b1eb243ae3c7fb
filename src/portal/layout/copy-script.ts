/** The script of a copy button. Without it the field beside it can be selected, and the button is not shown. */
export const copyScript = `
for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    button.textContent = "Copied";
    document.getElementById("copied").textContent = button.dataset.says || "The address is copied";
  });
  button.addEventListener("blur", () => {
    button.textContent = "Copy";
    document.getElementById("copied").textContent = "";
  });
}
`;
