/** Requests over http: pages and links are sent to https, API calls are refused, and what machines call is answered. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { admin, BROWSER, eventually, send, setUp } from "../support/story.ts";

const HOST = "go.example.com";
const browser = (headers: Record<string, string> = {}) => ({ headers: { "User-Agent": BROWSER, ...headers } });

test("a link is sent to https before it is judged, and leaves no trace", async () => {
  const { a } = await setUp({ affiliates: 1 });
  for (const init of [browser(), { ...browser(), method: "HEAD" }, browser({ "Sec-Fetch-Dest": "image" })]) {
    const response = await send(`http://${HOST}/${a.slug}?sub1=a%20b&c`, init);
    expect([response.status, Object.fromEntries(response.headers)]).toEqual([
      308,
      { location: `https://${HOST}/${a.slug}?sub1=a%20b&c`, "cache-control": "no-store" },
    ]);
  }
  const secure = await send(`https://${HOST}/${a.slug}`, browser());
  expect([secure.status, secure.headers.get("strict-transport-security")]).toEqual([302, "max-age=15552000"]);
  await eventually(async () =>
    expect((await admin("GET", `/v1/links/${a.slug}`)).json.verdicts).toEqual({ counted: 1 }),
  );
});

test.each(["localhost", "localhost:8787", "go.localhost:8787", "127.0.0.1:8787", "[::1]:8787"])(
  "a link works over http on %s",
  async (host) => {
    const { a } = await setUp({ affiliates: 1 });
    expect((await send(`http://${host}/${a.slug}`, browser())).status).toBe(302);
    expect((await send(`http://${host}/app`)).status).toBe(401);
  },
);

test.each(["localhost.evil.example", "127.0.0.1.evil.example", "notlocalhost", "127.0.0.2"])(
  "%s is not this machine",
  async (host) => expect((await send(`http://${host}/none`)).status).toBe(308),
);

test("pages are sent to https, with their method", async () => {
  for (const path of ["/", "/app", "/app/sign-in?token=x", "/docs"]) {
    for (const method of ["GET", "POST"]) {
      const { status, headers } = await send(`http://${HOST}${path}`, { method });
      expect([path, status, headers.get("location")]).toEqual([path, 308, `https://${HOST}${path}`]);
    }
  }
});

test("API calls over http are refused, with and without a key", async () => {
  for (const headers of [{}, { Authorization: `Bearer ${env.ADMIN_TOKEN}` }]) {
    const response = await send(`http://${HOST}/v1/conversions`, { headers });
    expect([response.status, await response.json()]).toEqual([
      403,
      expect.objectContaining({ code: "https_required" }),
    ]);
  }
  const secure = await send("/v1/conversions", { headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` } });
  expect([secure.status, secure.headers.get("strict-transport-security")]).toEqual([200, "max-age=15552000"]);
});

test("a sale that a checkout sends over http is recorded, and machines get their answers", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const { json: endpoint } = await admin("POST", `/v1/programs/${program}/endpoints`, { source: "postback" });
  const query = `endpoint=${endpoint.id}&key=${endpoint.secret}&event=lead&click_id=x&txid=l&currency=USD`;
  expect((await send(`http://${HOST}/v1/postback?${query}`)).status).toBe(200);
  for (const path of ["/healthz", "/robots.txt", "/.well-known/gpc.json"])
    expect([path, (await send(`http://${HOST}${path}`)).status]).toEqual([path, 200]);
});
