// Says whether a username can be had, as one types. The form is checked again when it is sent.

/** @type {HTMLInputElement | null} */
const username = document.querySelector("input[data-checked-at]");
const note = document.getElementById("username-note");

if (username !== null && note !== null) {
  const words = note.textContent;
  let timer = 0;
  let asked = "";
  username.addEventListener("input", () => {
    clearTimeout(timer);
    asked = username.value.trim();
    if (asked === "") show(words, false);
    else timer = setTimeout(check, 400);
  });

  const check = async () => {
    const text = asked;
    try {
      const response = await fetch(`${username.dataset.checkedAt}?username=${encodeURIComponent(text)}`);
      const { fault } = /** @type {{ fault: string | null }} */ (await response.json());
      if (text !== asked || !response.ok) return;
      show(fault ?? `${text.toLowerCase()} is available.`, fault !== null);
    } catch {
      // Without a connection the form says it when it is sent.
    }
  };

  /**
   * @param {string | null} text
   * @param {boolean} isFault
   */
  const show = (text, isFault) => {
    note.textContent = text;
    note.className = isFault ? "fault" : "note";
    username.setAttribute("aria-invalid", String(isFault));
  };
  note.setAttribute("aria-live", "polite");
}
