/** A form with some fields changed, or removed if they are null. */
export function changeForm(body: string, fields: Readonly<Record<string, string | null>>): string {
  const form = new URLSearchParams(body);
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) form.delete(name);
    else form.set(name, value);
  }
  return form.toString();
}
