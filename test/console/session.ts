/** Signs in to the console and uses its pages and forms as a browser does. */
import { expect } from "vitest";
import { BROWSER, ORIGIN, send } from "../support/story.ts";

type Fields = Record<string, string | string[]>;

/** The headers of a form of our own page. */
export const FORM = {
  Origin: ORIGIN,
  "Sec-Fetch-Site": "same-origin",
  "Content-Type": "application/x-www-form-urlencoded",
  "User-Agent": BROWSER,
};

/** Submits a form of a page. Fields with several values are given as lists. */
export function submit(path: string, fields: Fields = {}, headers: Record<string, string> = {}) {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  const body = new URLSearchParams(pairs).toString();
  return send(path, { method: "POST", headers: { ...FORM, ...headers }, body });
}

/** Signs in with a token or an API key. */
export async function signIn(fields: Record<string, string>) {
  const response = await submit("/admin/sign-in", fields);
  expect(response.status).toBe(303);
  const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
  return {
    response,
    cookie,
    async open(path = "/admin") {
      const page = await send(path, { headers: { Cookie: cookie } });
      return { status: page.status, html: bodyOf(await page.text()) };
    },
    post: (path: string, fields: Fields = {}, more: Record<string, string> = {}) =>
      submit(path, fields, { Cookie: cookie, ...more }),
  };
}

/** A page's HTML without its style and script. */
export function bodyOf(html: string): string {
  return (html.split("</style>")[1] ?? "").split("<script nonce")[0] ?? "";
}
