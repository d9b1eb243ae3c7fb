/** Values that stand where an id should be: macros that were not replaced, and what programs write for no value. */

/** `{order_id}`, `{{order.id}}`, `${order.id}`, `[ORDER_ID]`, `<order_id>`, `%order_id%`, `__TXID__`, and Voluum's two words. */
const MACRO = /^(?:\$?\{+[^{}]*\}+|\[[A-Z][A-Z0-9_. -]*\]|<[\w. -]+>|%+\w+%+|__\w+__|REPLACE|OPTIONAL)$/;
/** What JavaScript, Python, Ruby and SQL write for no value. */
const NO_VALUE = /^(?:undefined|null|nil|none|nan|\[object object\])$/i;

/** Whether text is a placeholder: as an id it would make every sale the same one. */
export function isPlaceholder(text: string): boolean {
  return MACRO.test(text) || NO_VALUE.test(text);
}

/** Whether text isn't an id: a placeholder, or the number 0. */
export function isNoId(text: string): boolean {
  return isPlaceholder(text) || text === "0";
}

/** The note of an event that had a placeholder in this field. */
export function describePlaceholder(field: string, text: string): string {
  return `${field} was left out, because "${text}" is a placeholder that was not replaced.`;
}
