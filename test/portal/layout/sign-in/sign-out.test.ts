/** Signing out everywhere, and the limits of a session's access. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { portalRoutes } from "../../../../src/portal/routes.tsx";
import { approveRun, command, setUpPayDay, statementsThat } from "../../../flow/pay-day.ts";
import { admin, click, conversionThat, ORIGIN, postEvent, sale, send, setUp } from "../../../support/story.ts";
import { createSignInLink, signIn, submitSignIn } from "../../session.ts";

function post(cookie: string, path: string, headers: Record<string, string> = {}) {
  return send(path, {
    method: "POST",
    body: "",
    headers: {
      Cookie: cookie,
      Origin: ORIGIN,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/x-www-form-urlencoded",
      ...headers,
    },
  });
}

describe("signing out everywhere", () => {
  test("ends all sessions of the affiliate, deletes its unused links, and doesn't affect others", async () => {
    const { a, b } = await setUp();
    const [here, there, other] = [await signIn(a.username), await signIn(a.username), await signIn(b.username)];
    const [open, others] = [await createSignInLink(a.username), await createSignInLink(b.username)];
    expect((await here.open("/app/account")).html).toContain('action="/app/account/sign-out-everywhere"');
    const answer = await post(here.cookie, "/app/account/sign-out-everywhere");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/app/sign-in?done=everywhere"]);
    expect(answer.headers.getSetCookie()).toHaveLength(2);
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toContain("Max-Age=0");
    expect((await here.open("/app")).status).toBe(401);
    expect((await there.open("/app")).status).toBe(401);
    expect((await submitSignIn(open)).status).toBe(410);
    expect((await other.open("/app")).status).toBe(200);
    expect((await submitSignIn(others)).status).toBe(303);
    expect(await (await send("/app/sign-in?done=everywhere")).text()).toContain("signed out everywhere");
  });

  test("ends that any browser counts as the affiliate's own, until it signs in again", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const own = async () => {
      const signedIn = await submitSignIn(await createSignInLink(a.username));
      const cookies = signedIn.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
      return { session: cookies[0] ?? "", self: cookies.find((cookie) => cookie.startsWith("__Host-lc_self=")) ?? "" };
    };
    const [here, there] = [await own(), await own()];
    expect((await click(a.slug, { headers: { Cookie: there.self } })).cookie).toBeNull();
    // Times in the cookie are whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await post(here.session, "/app/account/sign-out-everywhere")).status).toBe(303);
    // An isolate may serve a link for up to 20 seconds before it loads it again.
    await admin("PATCH", `/v1/links/${a.slug}`, { forward_query: true });
    expect((await click(a.slug, { headers: { Cookie: there.self } })).cookie).not.toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const again = await own();
    expect((await click(a.slug, { headers: { Cookie: again.self } })).cookie).toBeNull();
  });

  test("signing out of one browser keeps the others signed in", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const [here, there] = [await signIn(a.username), await signIn(a.username)];
    expect((await post(here.cookie, "/app/sign-out")).status).toBe(303);
    expect((await here.open("/app")).status).toBe(401);
    expect((await there.open("/app")).status).toBe(200);
  });

  test("needs a session", async () => {
    expect((await post("", "/app/account/sign-out-everywhere")).status).toBe(401);
  });
});

/** Pages that only show the signed-in affiliate's data. */
const WITHOUT_IDS = [
  ...[
    "/*",
    "/sign-in",
    "/view",
    "/account",
    "/account/data.json",
    "/kept-form",
    "/creatives/:id/image",
    "/unsubscribe",
  ],
  // Public.
  ...[
    "/join/:program",
    "/join/:program/application",
    "/join/:program/username",
    "/join/:program/logo",
    "/email-change",
  ],
];

/** All routes of the portal, so that none is missed. */
function listRoutes(method: string): string[] {
  const { routes } = portalRoutes({ now: () => 0, links: { forget: async () => {} } });
  return [...new Set(routes.filter((route) => route.method === method).map(({ path }) => path))];
}

const FORMS = [
  "/app/sign-in",
  "/app/sign-out",
  "/app/links",
  "/app/links/:id",
  "/app/links/:id/archive",
  "/app/account",
  "/app/account/erase",
  "/app/account/email",
  "/app/email-change",
  "/app/join/:program",
  "/app/join/:program/application",
  "/app/program/leave",
  "/app/account/sign-out-everywhere",
  "/app/account/zone",
  "/app/account/notifications",
  "/app/view/end",
];

/** Accepted from any origin because of its token: see notifications.test.ts. */
const BY_TOKEN = ["/app/unsubscribe"];

test("covers each form of the portal", () => {
  expect(
    listRoutes("POST")
      .map((path) => `/app${path}`)
      .sort(),
  ).toEqual([...FORMS, ...BY_TOKEN].sort());
});

test.each(FORMS)("POST %s from another site is rejected and changes nothing", async (path) => {
  const { a } = await setUp({ affiliates: 1 });
  const { cookie, open } = await signIn(a.username);
  for (const headers of [
    { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
    { Origin: "null", "Sec-Fetch-Site": "cross-site" },
    { Origin: "https://go.example.com.evil.example", "Sec-Fetch-Site": "same-site" },
    { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain" },
    {
      Origin: "https://evil.example",
      "Sec-Fetch-Site": "cross-site",
      "Content-Type": "multipart/form-data; boundary=x",
    },
    { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "application/json" },
    { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "application/csp-report" },
    { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site", "Content-Type": "" },
    // A browser sends at least one of the two.
    { Origin: "", "Sec-Fetch-Site": "", "Content-Type": "application/json" },
  ] as Record<string, string>[]) {
    expect((await post(cookie, path, headers)).status, JSON.stringify(headers)).toBe(403);
  }
  expect((await open("/app")).status).toBe(200);
});

test("each route returns 404 for another affiliate's ids", async () => {
  // A's program has a sale, a ledger and a paid statement. The other affiliate is in another program.
  const { a, runs, program } = await setUpPayDay(2);
  await admin("PUT", `/v1/affiliates/${a.username}/payee`, { method: "paypal", email: "a.payee@example.org" });
  const run = `${runs}/${await approveRun(runs)}`;
  await command(`${run}/pay`);
  await statementsThat(run, { [a.username]: { status: "paid" } });
  const ledger = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/entries`);
  const id: string = ledger.json.data.find((entry: { conversion: string | null }) => entry.conversion).conversion;
  const query = `?program=${program}`;
  const link = await env.DB.prepare("SELECT id FROM links WHERE slug = ?").bind(a.slug).first("id");
  const addresses: Record<string, string[]> = {
    "/": [query],
    "/program": [query, `${query}&version=1`],
    "/program/leave": [query],
    "/conversions": [query],
    "/conversions/:id": [id],
    "/links": [query],
    "/links/:id": [`${link}`],
    "/links/:id/qr.svg": [`${link}`],
    "/ledger": [query],
    "/live": [query],
    "/payouts": [query],
    "/payouts/:number": [`1${query}`],
    "/payouts/:file{[0-9]+\\.csv}": [`1.csv${query}`],
    "/referred": [query],
    "/reports": [query],
    "/reports.csv": [query],
    "/transactions": [query],
    "/transactions.csv": [query],
  };
  const asked = listRoutes("GET").filter((path) => !WITHOUT_IDS.includes(path));
  expect(asked.sort()).toEqual(Object.keys(addresses).sort());
  const paths = Object.entries(addresses).flatMap(([path, values]) =>
    values.map((value) => {
      const where = path === "/" ? "" : path;
      return `/app${where.includes(":") ? where.replace(/:[^/]*(\{.*\})?/, value) : where + value}`;
    }),
  );
  const owner = await signIn(a.username);
  for (const path of paths) expect((await owner.open(path)).status, path).toBe(200);

  const { a: stranger, program: own } = await setUp({ affiliates: 1 });
  const { open } = await signIn(stranger.username);
  for (const path of paths) {
    const { status, html } = await open(path);
    expect(status, path).toBe(404);
    expect(html).toContain("Page not found");
    expect(html.split("</style>")[1]).not.toMatch(new RegExp(`\\b${a.username}\\b`));
  }
  // The statement isn't found with the other affiliate's own program in the URL either.
  expect((await open(`/app/payouts/1?program=${own}`)).status).toBe(404);
  expect((await open("/app/payouts/1")).status).toBe(404);
  expect((await open("/app/ledger")).status).toBe(404);
});

test("within a program too, an affiliate without a touch doesn't see a sale", async () => {
  const { a, b, endpoint } = await setUp();
  const { json } = await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
  await conversionThat(json.conversion, { attributed_to: a.username });
  expect((await (await signIn(a.username)).open(`/app/conversions/${json.conversion}`)).status).toBe(200);
  expect((await (await signIn(b.username)).open(`/app/conversions/${json.conversion}`)).status).toBe(404);
});
