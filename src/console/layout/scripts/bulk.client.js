// Adds a checkbox that checks all rows of a table, and says how many are checked.

/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll("form[data-bulk]");

for (const form of forms) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const boxes = document.querySelectorAll(`input[type=checkbox][form="${form.id}"]`);
  const all = document.createElement("input");
  all.type = "checkbox";
  const label = document.createElement("label");
  label.className = "check-all";
  const count = document.createElement("span");
  label.append(all, " Select all on this page");
  form.prepend(label, count);
  count.className = "muted";
  count.setAttribute("role", "status");
  const show = () => {
    const checked = [...boxes].filter((box) => box.checked).length;
    all.checked = checked > 0 && checked === boxes.length;
    all.indeterminate = checked > 0 && checked < boxes.length;
    count.textContent = checked === 0 ? "" : `${checked} selected`;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener("change", show);
  show();
}
