/** Templates of the pages: hono's tagged template, which escapes what it is given. */
import { html, raw } from "hono/html";

export { html, raw };

/** A part of a page. */
export type Html = ReturnType<typeof html>;

/** The text of a finished page. */
export async function textOf(page: Html): Promise<string> {
  return String(await page);
}
