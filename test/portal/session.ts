/** An affiliate's session: signing in and requesting pages. */
import { expect } from "vitest";
import { admin, ORIGIN, send } from "../support/story.ts";

/** Creates a sign-in link. Returns its path with the token. */
export async function createSignInLink(username: string): Promise<string> {
  const { status, json } = await admin("POST", `/v1/affiliates/${username}/sign-in-link`);
  expect(status, JSON.stringify(json)).toBe(201);
  const { pathname, search } = new URL(json.url);
  return pathname + search;
}

/** Submits the form on the page that a sign-in link opens. */
export function submitSignIn(link: string, headers: Record<string, string> = {}): Promise<Response> {
  const { origin, searchParams } = new URL(link, ORIGIN);
  return send(`${origin}/app/sign-in`, {
    method: "POST",
    headers: { ...FORM_HEADERS, Origin: origin, ...headers },
    body: new URLSearchParams({ token: searchParams.get("token") ?? "" }).toString(),
  });
}

/** The headers of a same-origin form. */
const FORM_HEADERS = { "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded" };

/** Signs in. Returns the cookie and a function that requests pages with it. */
export async function signIn(username: string) {
  const response = await submitSignIn(await createSignInLink(username));
  expect(response.status).toBe(303);
  const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return {
    cookie,
    async open(path: string): Promise<{ status: number; html: string }> {
      const page = await send(path, { headers: { Cookie: cookie } });
      return { status: page.status, html: await page.text() };
    },
  };
}

/** The figures of a page's tiles by label. */
export function readTiles(html: string): Record<string, string> {
  const tiles = html.matchAll(/<dt>(?:<span[^>]*><\/span>)?([^<]+)<\/dt><dd class="value[^"]*">(.*?)<\/dd>/g);
  return Object.fromEntries([...tiles].map(([, label, value = ""]) => [label, value.replaceAll(/<[^>]+>/g, "")]));
}

/** A page without the portal's own style and script: any others in it come from user input. */
export function bodyOf(html: string): string {
  return (html.split("</style>")[1] ?? html).replace(/<script nonce="[^"]+">[\s\S]*?<\/script>/, "");
}
