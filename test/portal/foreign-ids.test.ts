/** Each route of the portal × each id of another affiliate: as if it didn't exist. Routes come from the router, so new ones are covered. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { portalRoutes } from "../../src/portal/routes.tsx";
import { command, makePayable } from "../support/payout-story.ts";
import { admin, click, conversionThat, eventually, ORIGIN, postEvent, sale, send, setUp } from "../support/story.ts";
import { bodyOf, signIn } from "./session.ts";

/** Public routes, which have no affiliate or only the one in a signed token. */
const OPEN = /^\/app\/(sign-(in|out)|unsubscribe|join|email-change)\b/;
/** One-click unsubscribe has no origin: see test/notifications/portal/notifications.test.ts. */
const BY_TOKEN = ["/app/unsubscribe"];
const PARAMETER = /:\w+(\{[^}]*\})?\??/g;

const all = portalRoutes({ now: () => Date.now(), links: { forget: async () => {} } })
  .routes.filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
  .map(({ method, path }) => ({ method, path: path === "/" ? "/app" : `/app${path}` }));
const routes = all.filter(({ path }) => !OPEN.test(path));
const withId = routes.filter(({ path }) => path.includes(":"));
/** Pages for everyone: a program's sign-up page. */
const PUBLIC = /^\/app\/join\//;
const withoutId = routes.filter(({ path }) => !path.includes(":"));

/** An id of each kind that doesn't exist. */
const NOBODYS = ["987654", "cv_none", "none-of-them"];

/** A route's path with an id in it. For `/app/payouts/:file{[0-9]+\.csv}`, a file name. */
function fill(path: string, id: string): string {
  return path.replaceAll(PARAMETER, (_, pattern: string | undefined) => {
    const ending = /\\(\.\w+)\}$/.exec(pattern ?? "")?.[1] ?? "";
    return `${encodeURIComponent(id)}${ending}`;
  });
}

/** An affiliate with data for every kind of id: a link with clicks, a sale, a coupon, payment details, a statement. */
async function makeOwner() {
  // The first rows belong to other affiliates, so that a statement's number isn't by chance the id of a link of the tested affiliate.
  await setUp();
  const { program, a, b, endpoint } = await setUp();
  await admin("POST", "/v1/coupons", { program, affiliate: b.username, code: `SECRET-${program}` });
  const creative = { kind: "resource", title: `SECRET-${program}`, url: "https://press.example/" };
  const made = await command(`/v1/programs/${program}/creatives`, creative);
  await makePayable(b.username);
  const customer = { id: `cus_${program}` };
  const occurred_at = "2026-01-05T09:00:00Z";
  const referral = { type: "referral", affiliate: b.username, binding: true, customer };
  await postEvent(endpoint, { ...referral, occurred_at: "2026-01-05T08:00:00Z" });
  await postEvent(endpoint, sale({ customer, occurred_at, amount: 40_000 }));
  const { token } = await click(b.slug);
  const { json } = await postEvent(endpoint, sale({ click: token }));
  await conversionThat(json.conversion, { attributed_to: b.username, entries: [{ kind: "commission" }] });
  const path = `/v1/programs/${program}/affiliates/${b.username}`;
  await eventually(async () => expect((await admin("GET", `${path}/entries`)).json.data).toHaveLength(2));
  expect((await command(`/v1/programs/${program}/payouts/runs`, {})).status).toBe(201);
  const statements = await eventually(async () => {
    const list = await admin("GET", `${path}/statements`);
    expect(list.json.data).toHaveLength(1);
    expect((await admin("GET", path)).json.clicks).toBe(1);
    return list.json.data as { id: string; number: number; run: string }[];
  });
  const row = await env.DB.prepare(
    "SELECT l.id AS link, a.id AS affiliate FROM links l, affiliates a WHERE slug = ? AND username = ?",
  )
    .bind(b.slug, b.username)
    .first<{ link: number; affiliate: number }>();
  const [statement] = statements;
  const ids = [
    ...[row?.link, statement?.number].map(String),
    ...[
      b.slug,
      b.username,
      program,
      json.conversion,
      statement?.id ?? "",
      statement?.run ?? "",
      made.json.id,
      `SECRET-${program}`,
    ],
  ];
  const secrets = new RegExp(
    `${b.slug}|\\b${b.username}\\b|Affiliate b|${json.conversion}|SECRET-${program}|cus_${program}`,
  );
  return { program, a, b, ids, secrets, path, affiliate: String(row?.affiliate) };
}

test("the router has routes", () => {
  const known = ["/app/conversions/:id", "/app/links/:id", "/app/payouts/:number"];
  expect(withId.map(({ path }) => path)).toEqual(expect.arrayContaining(known));
  expect(withoutId.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["/app", "/app/ledger", "/app/reports.csv"]),
  );
  expect(fill("/app/payouts/:file{[0-9]+\\.csv}", "7")).toBe("/app/payouts/7.csv");
});

test("each route × each foreign id is 404, with the same page as for an unknown id", async () => {
  const owner = await makeOwner();
  const stranger = await setUp({ affiliates: 1 });
  for (const asking of [owner.a, stranger.a]) {
    const browser = await signIn(asking.username);
    const ask = async (path: string) => {
      const { status, html } = await browser.open(path);
      return { path, status, body: bodyOf(html).replaceAll(/nonce="[^"]*"/g, "") };
    };
    const nothing = await ask("/app/conversions/cv_none");
    expect(nothing).toMatchObject({ status: 404, body: expect.stringContaining("Page not found") });
    const expected = { status: 404, body: nothing.body };
    for (const { path } of withId.filter(({ method, path: found }) => method === "GET" && !PUBLIC.test(found))) {
      for (const id of [...NOBODYS, ...owner.ids]) {
        const asked = fill(path, id);
        expect(await ask(asked)).toEqual({ path: asked, ...expected });
      }
      // Statement numbers count per program, so the affiliate must be in the program.
      const inProgram = `${fill(path, "1")}?program=${owner.program}`;
      const answer = await ask(inProgram);
      expect([404, inProgram]).toEqual([answer.status, inProgram]);
      expect(answer.body).not.toMatch(owner.secrets);
    }
  }
});

test("no page accepts another affiliate's link as a filter", async () => {
  const owner = await makeOwner();
  const stranger = await setUp({ affiliates: 1 });
  const [link = ""] = owner.ids;
  for (const asking of [owner.a, stranger.a]) {
    const { open } = await signIn(asking.username);
    for (const { path } of withoutId.filter(({ method }) => method === "GET")) {
      const ask = async (id: string) => {
        const { status, html } = await open(`${path}?link=${id}`);
        return { path, status, html: html.replaceAll(/nonce="[^"]*"|"made_at":"[^"]*"|\blink=\d+/g, "") };
      };
      const [none, foreign] = [await ask("987654"), await ask(link)];
      expect(foreign).toEqual(none);
      expect(foreign.html, path).not.toMatch(new RegExp(`\\b${owner.b.slug}\\b`));
      if (path === "/app/program") expect(foreign.status).toBe(404);
    }
  }
});

test("a program that the affiliate isn't in looks like one that doesn't exist", async () => {
  const owner = await makeOwner();
  const stranger = await setUp({ affiliates: 1 });
  const { open } = await signIn(stranger.a.username);
  const missing: string[] = [];
  for (const { path } of withoutId.filter(({ method }) => method === "GET")) {
    const ask = async (program: string) => {
      const { status, html } = await open(`${path}?program=${program}`);
      return { path, status, html: html.replaceAll(/nonce="[^"]*"|"made_at":"[^"]*"/g, "") };
    };
    const [none, foreign] = [await ask("none-of-them"), await ask(owner.program)];
    expect(foreign).toEqual(none);
    expect(foreign.html, path).not.toMatch(owner.secrets);
    if (none.status === 404) missing.push(path);
  }
  expect(missing).toEqual(
    expect.arrayContaining(["/app", "/app/links", "/app/reports", "/app/reports.csv", "/app/ledger"]),
  );
});

test("no form changes another affiliate's data", async () => {
  const owner = await makeOwner();
  const stranger = await setUp({ affiliates: 1 });
  const [link = ""] = owner.ids;
  const { affiliate } = owner;
  const look = async () => {
    const { b, path } = owner;
    const paths = [path, `${path}/statements`, `/v1/affiliates/${b.username}/payee`, `/v1/links/${b.slug}`];
    const answers = await Promise.all(paths.map(async (asked) => (await admin("GET", asked)).json));
    delete answers[0].at; // the time of this request
    const links = "SELECT slug, destination, channel FROM links WHERE affiliate_id = ? ORDER BY id";
    return [...answers, (await env.DB.prepare(links).bind(affiliate).all()).results];
  };
  const before = await look();
  const owned = await signIn(owner.b.username);
  for (const asking of [owner.a, stranger.a]) {
    for (const { path } of routes.filter(({ method }) => method === "POST")) {
      for (const id of path.includes(":") ? owner.ids : [link]) {
        const { cookie } = await signIn(asking.username); // again, because a form may end all sessions
        const body = {
          ...{ id, link, affiliate, affiliate_id: affiliate, program: owner.program, username: owner.b.username },
          ...{ slug: owner.b.slug, destination: "https://shop.example/x", channel: "Taken" },
          ...{ method: "paypal", email: `${asking.username}@thief.example` },
        };
        const asked = `${fill(path, id)}?${new URLSearchParams({ program: owner.program, affiliate: owner.b.username })}`;
        const headers = { Cookie: cookie, Origin: ORIGIN, "Content-Type": "application/x-www-form-urlencoded" };
        const response = await send(asked, { method: "POST", headers, body: new URLSearchParams(body).toString() });
        expect(response.status, asked).toBeLessThan(500);
      }
    }
    expect(await look()).toEqual(before);
    expect((await owned.open("/app")).status).toBe(200);
  }
});

test("no form is accepted from another site", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const { cookie, open } = await signIn(a.username);
  const isForm = ({ method, path }: { method: string; path: string }) => method === "POST" && !BY_TOKEN.includes(path);
  const forms = all.filter(isForm).map(({ path }) => fill(path, "1"));
  const known = ["/app/sign-out", "/app/account", "/app/account/notifications", "/app/links"];
  expect(forms).toEqual(expect.arrayContaining(known));
  for (const path of forms) {
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]) {
      const headers = {
        Cookie: cookie,
        Origin: "https://evil.example",
        "Sec-Fetch-Site": "cross-site",
        "Content-Type": type,
      };
      expect((await send(path, { method: "POST", headers, body: "" })).status, `${path} as ${type}`).toBe(403);
    }
  }
  expect((await open("/app")).status).toBe(200);
});
