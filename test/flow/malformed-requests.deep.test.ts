/**
 * Malformed bodies and cookies, sent to every route that the routers have, never cause a 5xx. New routes are covered: the
 * lists come from the routers.
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { apiRoutes } from "../../src/api/routes.ts";
import { portalRoutes } from "../../src/portal/routes.tsx";
import { webhookRoutes } from "../../src/webhooks/receive/routes.ts";
import { signIn } from "../portal/session.ts";
import { BROWSER, click, ORIGIN, send, setUp } from "../support/story.ts";

const TIMEOUT_MS = 240_000;

const tools = { now: () => Date.now(), links: { forget: async () => {} } };
const listOf = (prefix: string, app: { routes: { method: string; path: string }[] }) =>
  app.routes
    .filter(({ path }) => !path.includes("*"))
    .map(({ method, path }) => ({ method, path: path === "/" ? prefix : `${prefix}${path}` }));

const api = listOf("/v1", apiRoutes(tools));
const portal = listOf("/app", portalRoutes(tools));
const webhooks = listOf("", webhookRoutes(tools)).flatMap(({ path }) =>
  ["GET", "POST"].map((method) => ({ method, path })),
);

const MULTIPART = "multipart/form-data; boundary=x";
const FORM = "application/x-www-form-urlencoded";

/** Bodies that aren't what their content type says, or not what any route expects. */
const BODIES: readonly (readonly [type: string, body: string | Uint8Array])[] = [
  ["multipart/form-data", "email=a"],
  [MULTIPART, ""],
  [MULTIPART, "no boundary at all"],
  [MULTIPART, '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\ncut off'],
  [MULTIPART, "--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--"],
  [MULTIPART, '--x\r\nContent-Disposition: form-data; name="token"; filename="a"\r\n\r\na file\r\n--x--\r\n'],
  ['multipart/form-data; boundary="', "--x--"],
  [FORM, "%"],
  [FORM, "email=%ff%fe&token=%00&token=2&__proto__=1&constructor=2&sales&payouts=%E0%A4%A"],
  [FORM, new Uint8Array([0xff, 0xfe, 0x3d, 0x00])],
  ["application/json", ""],
  ["application/json", "{"],
  ["application/json", "null"],
  ["application/json", "[]"],
  ["application/json", '"text"'],
  ["application/json", '{"__proto__":{"slug":"x"},"constructor":{},"toString":1}'],
  ["application/json", '{"program":"\\ud800","slug":{"a":[]},"destination":9e999,"at":-1}'],
  ["application/json", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
  ["application/json", new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])],
  ["application/xml", "<notification"],
  ["text/plain; charset=x-none", "\u0000"],
];

/** Cookies that are malformed, or valid in form but with values that no page can have set. */
const COOKIES: readonly string[] = [
  "lc_seen=1.8640000000000001.1.1.8640000000000001.1.1",
  "lc_seen=1.9007199254740991.9007199254740991.9007199254740991.9007199254740991.9007199254740991.9007199254740991",
  "lc_seen=1.1.9007199254740991.9007199254740991.1.9007199254740991.9007199254740991",
  "lc_seen=..._1.1.1.1.1.1.1.1_",
  "lc_seen=%ff; lc_seen=%",
  "lc_zone=Europe/Nowhere; lc_chosen_zone=../../etc",
  "lc_zone=%00; lc_chosen_zone=%E0%A4%A",
  "lc_zone=+99:99; lc_chosen_zone=UTC%0d%0aX: y",
  "__Host-lc_session=; __Host-lc_self=; lc_=; lc_consent=",
  `__Host-lc_self=${"A".repeat(66)}; lc_prog1=${"A".repeat(92)}`,
  "=; ;;; =x; lc_prog1",
  "lc_prog1=%; lc_prog1=%ff; __Host-lc_self=%; lc_consent=%",
  "__proto__=1; constructor=2; toString=3",
];

/** Ids that no record has. */
const IDS = [
  "%",
  "%ff",
  "%00",
  "%2e%2e%2f",
  "-1",
  "9007199254740993",
  "1e400",
  "%F0%9F%92%A9",
  "a".repeat(3_000),
  "'--",
];

/** A path with its parameters replaced; `:file{[0-9]+\.csv}` gets a file name. */
function fill(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/:(\w+)(\{[^}]*\})?\??/g, (_, name: string, pattern: string | undefined) => {
    const choice = /^\{(\w+)\|/.exec(pattern ?? "")?.[1];
    const ending = /\\(\.\w+)\}$/.exec(pattern ?? "")?.[1];
    return choice ?? (ending === undefined ? (values[name] ?? "1") : `1${ending}`);
  });
}

test("the routers have routes", { tags: ["deep"] }, () => {
  const paths = [...api, ...portal, ...webhooks].map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(["/v1/links", "/app/sign-in", "/app/account", "/app", "/v1/webhooks/:endpoint/:path?"]),
  );
  expect(fill("/api/:version{v1|v2}/track/:call{signup|sale}", {})).toBe("/api/v1/track/signup");
});

test("a malformed body is never a 5xx, on any route", { tags: ["deep"], timeout: TIMEOUT_MS }, async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const values = { program, affiliate: a.username, username: a.username, slug: a.slug, endpoint: endpoint.id };
  const { cookie } = await signIn(a.username);
  const writing = [...api, ...portal, ...webhooks].filter(
    ({ method, path }) => method !== "GET" && path !== "/app/sign-out" && path !== "/app/account/sign-out-everywhere",
  );
  expect(writing.length).toBeGreaterThan(50);
  const failed: string[] = [];
  for (const { method, path } of writing) {
    const isApi = path.startsWith("/v1");
    await Promise.all(
      BODIES.map(async ([type, body], place) => {
        const key: Record<string, string> = isApi
          ? { Authorization: `Bearer ${env.ADMIN_TOKEN}`, "Idempotency-Key": `${place}` }
          : { Cookie: cookie };
        const headers = { Origin: ORIGIN, "Content-Type": type, ...key };
        const response = await send(fill(path, values), { method, headers, body });
        if (response.status >= 500) failed.push(`${method} ${path} ${type} ${String(body).slice(0, 60)}`);
        await response.text();
      }),
    );
  }
  expect(failed).toEqual([]);
});

test("a malformed id or query is never a 5xx, on any route", { tags: ["deep"], timeout: TIMEOUT_MS }, async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { cookie } = await signIn(a.username);
  const failed: string[] = [];
  for (const { method, path } of [...api, ...portal, ...webhooks]) {
    if (method !== "GET") continue;
    const auth = path.startsWith("/v1") ? { Authorization: `Bearer ${env.ADMIN_TOKEN}` } : { Cookie: cookie };
    await Promise.all(
      IDS.map(async (id) => {
        const query = `?program=${id}&cursor=${id}&limit=${id}&from=${id}&to=${id}&days=${id}&link=${id}&host=${id}&token=${id}`;
        const filled = path.replaceAll(/:\w+(\{[^}]*\})?\??/g, id) + query;
        const response = await send(filled, { method, headers: auth as Record<string, string> });
        await response.text();
        if (response.status >= 500) failed.push(`${path} ${id}`);
      }),
    );
  }
  expect(failed).toEqual([]);
});

test("a malformed form is refused on every page with a form, with and without a session", {
  tags: ["deep"],
}, async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { cookie } = await signIn(a.username);
  const body = '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\ncut off';
  for (const path of [
    "/app/sign-in",
    "/app/account",
    "/app/account/zone",
    "/app/account/notifications",
    "/app/links",
  ]) {
    const headers = { Origin: ORIGIN, "Content-Type": MULTIPART, Cookie: cookie };
    const response = await send(path, { method: "POST", headers, body });
    expect([path, response.status]).toEqual([path, 400]);
    expect(await response.text()).toContain("Your form didn’t arrive completely");
  }
  const headers = { Origin: ORIGIN, "Content-Type": MULTIPART };
  expect((await send("/app/sign-in", { method: "POST", headers, body })).status).toBe(400);
});

test("a malformed cookie is never a 5xx, on any page or link", { tags: ["deep"], timeout: TIMEOUT_MS }, async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const { cookie } = await signIn(a.username);
  const id = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first("id");
  const pages = [...portal].filter(({ method }) => method === "GET").map(({ path }) => fill(path, { program }));
  const failed: string[] = [];
  for (const text of COOKIES) {
    const own = text.replaceAll("lc_prog1", `lc_${program}`).replaceAll("lc_seen=1.", `lc_seen=${id}.`);
    for (const headers of [{ Cookie: own }, { Cookie: `${cookie}; ${own}` }]) {
      await Promise.all(
        pages.map(async (path) => {
          const response = await send(path, { headers });
          await response.text();
          if (response.status >= 500) failed.push(`${path} ${headers.Cookie}`);
        }),
      );
    }
    const { status } = await click(a.slug, { headers: { Cookie: own, "User-Agent": BROWSER } });
    if (status !== 302) failed.push(`/${a.slug} ${own}: ${status}`);
  }
  expect(failed).toEqual([]);
});
