/** A program's redirect host changes: links work on the new host at once, and go on working on every host before it. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/db/database.ts";
import { loadLink } from "../../src/redirect/link-queries.ts";
import { signIn } from "../portal/session.ts";
import { explain } from "../support/explain.ts";
import { admin, BROWSER, ORIGIN, postEvent, sale, send, setUp } from "../support/story.ts";

const SHARED = new URL(ORIGIN).host;

/** What a host answers for a slug, with the click token. */
async function follow(host: string, slug: string) {
  const response = await send(`https://${host}/${slug}`, { headers: { "User-Agent": BROWSER } });
  const token = new URL(response.headers.get("location") ?? "https://none.example").searchParams.get("lc_click");
  return { status: response.status, token: token ?? "", page: await response.text() };
}

const statuses = (hosts: readonly string[], slug: string) =>
  Promise.all(hosts.map(async (host) => (await follow(host, slug)).status));

const change = (program: string, fields: unknown) => admin("PATCH", `/v1/programs/${program}`, fields);

async function createLink(program: string, affiliate: string, slug: string) {
  return admin("POST", "/v1/links", { program, affiliate, slug, destination: "https://shop.example/" });
}

test("a link is served on the host it was created for, on the present one, and on all in between", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const [go, to, three] = [`go.${program}.example`, `to.${program}.example`, `three.${program}.example`];
  // An unknown slug is cached, too.
  expect(await statuses([SHARED, go], a.slug)).toEqual([302, 302]);
  expect(await change(program, { redirect_host: go })).toMatchObject({ status: 200, json: { redirect_host: go } });
  expect((await createLink(program, a.username, `second-${program}`)).json.url).toBe(`https://${go}/second-${program}`);
  await change(program, { redirect_host: to });
  expect((await createLink(program, a.username, `third-${program}`)).status).toBe(201);
  await change(program, { redirect_host: three, name: "Three" });
  const hosts = [SHARED, go, to, three];
  expect(await statuses(hosts, a.slug)).toEqual([302, 302, 302, 302]);
  expect(await statuses(hosts, `second-${program}`)).toEqual([404, 302, 302, 302]);
  expect(await statuses(hosts, `third-${program}`)).toEqual([404, 302, 302, 302]);
  // The present host is the one that is shown.
  const { json } = await admin("GET", `/v1/links?program=${program}`);
  for (const { slug, url } of json.data) expect(url).toBe(`https://${three}/${slug}`);
  const { open } = await signIn(a.username);
  expect((await open("/app/links")).html).toContain(`${three}/${a.slug}`);
  for (const host of hosts) expect((await admin("GET", `/v1/links/${a.slug}?host=${host}`)).json.slug).toBe(a.slug);
  expect((await admin("GET", `/v1/links/third-${program}?host=${SHARED}`)).status).toBe(404);
  // A click on an earlier host counts and is credited; an unknown slug there names the shop.
  const { token } = await follow(go, a.slug);
  expect((await postEvent(endpoint, sale({ click: token }))).json.attributed_to).toBe(a.username);
  expect((await follow(go, "no-such-link")).page).toContain("Three");
  // Back to the hosts that programs share, and to the first own one. These slugs are in no cache.
  for (const slug of ["fourth", "fifth"]) await createLink(program, a.username, `${slug}-${program}`);
  await change(program, { redirect_host: null });
  expect(await statuses([...hosts, "any.example"], `fourth-${program}`)).toEqual([302, 302, 302, 302, 302]);
  await change(program, { redirect_host: go });
  expect(await statuses(hosts, `fifth-${program}`)).toEqual([404, 302, 302, 302]);
  const { results } = await env.DB.prepare("SELECT host FROM former_hosts ORDER BY host").all();
  expect(results.map(({ host }) => host)).toEqual([three, to]);
  const entries = await env.DB.prepare("SELECT after FROM audit_entries WHERE subject = ? ORDER BY id DESC LIMIT 1");
  expect(JSON.parse(String(await entries.bind(program).first("after")))).toEqual({ redirect_host: go });
});

test("a change of a link takes effect on all its hosts", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const [go, to] = [`go.${program}.example`, `to.${program}.example`];
  for (const redirect_host of [go, to]) await change(program, { redirect_host });
  const hosts = [SHARED, go, to];
  expect(await statuses(hosts, a.slug)).toEqual([302, 302, 302]);
  expect((await admin("PATCH", `/v1/links/${a.slug}?host=${to}`, { disabled: true })).status).toBe(200);
  expect(await statuses(hosts, a.slug)).toEqual([410, 410, 410]);
});

describe("refuses", () => {
  test("a host that another program has, or had", async () => {
    const [first, second] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
    const [old, now] = [`old.${first.program}.example`, `now.${first.program}.example`];
    for (const redirect_host of [old, now]) await change(first.program, { redirect_host });
    for (const redirect_host of [old, now]) {
      const { status, json } = await change(second.program, { redirect_host });
      expect([status, json.code, json.field]).toEqual([409, "redirect_host_taken", "redirect_host"]);
      const made = { slug: `${second.program}-b`, name: "B", currency: "USD", destination_hosts: ["shop.example"] };
      expect((await admin("POST", "/v1/programs", { ...made, redirect_host })).json.code).toBe("redirect_host_taken");
    }
    expect((await admin("GET", `/v1/programs/${second.program}`)).json.redirect_host).toBeNull();
  });

  test("a slug that one of the program's links has on another host", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    await change(program, { redirect_host: `go.${program}.example` });
    expect((await createLink(program, a.username, a.slug)).json.code).toBe("slug_taken");
  });

  test("to give up the host while a slug is another program's", async () => {
    const [own, shared] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
    const redirect_host = `go.${own.program}.example`;
    await change(own.program, { redirect_host });
    expect((await createLink(own.program, own.a.username, shared.a.slug)).status).toBe(201);
    const { status, json } = await change(own.program, { redirect_host: null });
    expect([status, json.code, json.field]).toEqual([409, "slugs_taken", "redirect_host"]);
    expect(json.detail).toContain(shared.a.slug);
    expect((await admin("GET", `/v1/programs/${own.program}`)).json.redirect_host).toBe(redirect_host);
    // A shared link can't take the slug of a link that gave up its host either.
    const slug = `mine-${own.program}`;
    await change(shared.program, { redirect_host: `go.${shared.program}.example` });
    await createLink(shared.program, shared.a.username, slug);
    await change(shared.program, { redirect_host: null });
    const third = await setUp({ affiliates: 1 });
    expect((await createLink(third.program, third.a.username, slug)).json.code).toBe("slug_taken");
  });

  test("a host outside of the cookie's domain, unless both change", async () => {
    const { program } = await setUp({
      affiliates: 1,
      program: { redirect_host: "go.cookie-one.example", cookie_domain: "cookie-one.example" },
    });
    const { status, json } = await change(program, { redirect_host: "go.cookie-two.example" });
    expect([status, json.code]).toEqual([422, "invalid_cookie_domain"]);
    const both = { redirect_host: "go.cookie-two.example", cookie_domain: "cookie-two.example" };
    expect(await change(program, both)).toMatchObject({ status: 200, json: both });
  });
});

test("destination hosts can be added, and removed when no link leads there", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const hosts = ["shop.example", "new.example", "spare.example"];
  expect((await change(program, { destination_hosts: hosts })).json.destination_hosts).toEqual(hosts);
  const targets = [{ countries: ["DE"], split: [{ destination: "https://new.example/de" }] }];
  expect((await admin("PATCH", `/v1/links/${a.slug}`, { targets })).status).toBe(200);
  for (const destination_hosts of [["new.example"], ["shop.example", "spare.example"]]) {
    const { status, json } = await change(program, { destination_hosts });
    expect([status, json.code, json.field]).toEqual([409, "destination_host_in_use", "destination_hosts"]);
    expect(json.detail).toContain(a.slug);
  }
  const left = { destination_hosts: ["new.example", "shop.example"] };
  expect(await change(program, left)).toMatchObject({ status: 200, json: left });
  await admin("PATCH", `/v1/links/${a.slug}`, { targets: null });
  expect((await change(program, { destination_hosts: ["shop.example"] })).status).toBe(200);
});

test("a link is found by its slug, whatever the host", async () => {
  const [plan = []] = await explain((db) => loadLink(db.$client, "go.example", "slug", 1));
  expect(plan.filter((step) => / links /.test(step))).toEqual(["SEARCH links USING INDEX links_by_name (slug=?)"]);
  expect(plan.filter((step) => step.startsWith("SCAN"))).toEqual([]);
  expect(await loadLink(openDatabase(env.DB).$client, "go.example", "no-such-slug", 1)).toBeNull();
});
