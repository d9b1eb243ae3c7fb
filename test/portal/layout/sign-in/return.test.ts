/** What happens to a page or a form when the session is over. */
import { expect, test } from "vitest";
import { ORIGIN, send, setUp } from "../../../support/story.ts";
import { createSignInLink, submitSignIn } from "../../session.ts";

/** The cookies of a browser. */
type Jar = Map<string, string>;

function keep(jar: Jar, response: Response): Response {
  for (const cookie of response.headers.getSetCookie()) {
    const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
    if (value === "") jar.delete(name);
    else jar.set(name, value);
  }
  return response;
}

const headerOf = (jar: Jar) => [...jar].map((pair) => pair.join("=")).join("; ");
const FORM = { Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" };

const open = async (jar: Jar, path: string) => keep(jar, await send(path, { headers: { Cookie: headerOf(jar) } }));
const post = async (jar: Jar, path: string, fields: Record<string, string>) =>
  keep(
    jar,
    await send(path, {
      method: "POST",
      headers: { ...FORM, Cookie: headerOf(jar) },
      body: new URLSearchParams(fields).toString(),
    }),
  );

async function signIn(jar: Jar, username: string): Promise<Response> {
  return keep(jar, await submitSignIn(await createSignInLink(username), { Cookie: headerOf(jar) }));
}

test("signing in returns to the page that was asked for", async () => {
  const { a, program } = await setUp();
  const jar: Jar = new Map();
  const path = `/app/links?program=${program}&q=x`;
  expect((await open(jar, path)).status).toBe(401);
  expect((await signIn(jar, a.username)).headers.get("location")).toBe(path);
  expect((await open(jar, path)).status).toBe(200);
  expect((await signIn(jar, a.username)).headers.get("location")).toBe("/app");
});

test.each(["//evil.example", "https://evil.example/app/", "/application", "/app/\\evil"])(
  "never returns to %s",
  async (path) => {
    const { a } = await setUp();
    const jar: Jar = new Map([["lc_return", encodeURIComponent(path)]]);
    const location = (await signIn(jar, a.username)).headers.get("location");
    expect(location).toBe("/app");
  },
);

test("a form that was sent without a session is sent after signing in again, by its owner only", async () => {
  const { a, b } = await setUp();
  const fields = { channel: 'A "quoted" channel & more', destination: "/pricing" };
  const jar: Jar = new Map();
  await signIn(jar, a.username);
  await post(jar, "/app/sign-out", {});
  const refused = await post(jar, "/app/links", fields);
  expect(refused.status).toBe(401);
  expect(await refused.text()).toContain("What you entered is kept for an hour");
  expect(headerOf(jar)).not.toContain("quoted");

  const stolen: Jar = new Map(jar);
  expect((await signIn(stolen, b.username)).headers.get("location")).toBe("/app/kept-form");
  expect((await open(stolen, "/app/kept-form")).headers.get("location")).toBe("/app");
  expect(stolen.has("lc_form")).toBe(false);

  expect((await signIn(jar, a.username)).headers.get("location")).toBe("/app/kept-form");
  const html = await (await open(jar, "/app/kept-form")).text();
  expect(html).toContain('<form method="post" action="/app/links">');
  expect(html).toContain('name="channel" value="A &quot;quoted&quot; channel &amp; more"');
  expect((await post(jar, "/app/links", fields)).headers.get("location")).toMatch(/^\/app\/links\/\d+\?made=1$/);
  expect((await open(jar, "/app/kept-form")).headers.get("location")).toBe("/app");
});

test("a form of a browser in which nobody has signed in isn't kept", async () => {
  const jar: Jar = new Map();
  const refused = await post(jar, "/app/links", { channel: "x" });
  expect(refused.status).toBe(401);
  expect(jar.size).toBe(0);
});
