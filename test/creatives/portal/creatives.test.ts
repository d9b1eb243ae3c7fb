/** The creatives on the program page. Their rules are tested in `test/creatives/fill-creative.test.ts`. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { decode, parse } from "../../portal/read-html.ts";
import { bodyOf, signIn } from "../../portal/session.ts";
import { command } from "../../support/payout-story.ts";
import { admin, BROWSER, send, setUp } from "../../support/story.ts";

const IMAGE = {
  ...{ kind: "image", title: "Banner", url: "https://cdn.example/a.png?x=1&y=2" },
  ...{ width: 728, height: 90, alt: "Plan & ship" },
};
const TEXT = { kind: "text", title: "A post", text: "I plan with it:\n{link}" };

/** The text of the fields to copy, in order, as a browser would read it. */
const fieldsOf = (html: string) =>
  [...html.matchAll(/<textarea[^>]*>([\s\S]*?)<\/textarea>/g)].map(([, text = ""]) => decode(text));

async function make(program: string, ...creatives: object[]) {
  for (const creative of creatives) {
    const { status, json } = await command(`/v1/programs/${program}/creatives`, creative);
    expect(status, JSON.stringify(json)).toBe(201);
  }
}

async function idOf(open: (path: string) => Promise<{ html: string }>, program: string, name: string) {
  const { html } = await open(`/app/links?program=${program}`);
  const [, id] = new RegExp(`href="/app/links/(\\d+)[^"]*">[^<]*/${name}<`).exec(html) ?? [];
  return id ?? "no such link";
}

/** The notes on creatives whose destination the link doesn't have. */
async function readMismatches(open: (path: string) => Promise<{ html: string }>) {
  const { html } = await open("/app/program");
  return [...html.matchAll(/<p class="note address">([\s\S]*?)<\/p>/g)].map(([, said = ""]) =>
    decode(said.replaceAll(/<[^>]*>/g, "")),
  );
}

/** The program and the affiliate of a link. */
async function linkRow(slug: string) {
  const row = env.DB.prepare("SELECT program_id, affiliate_id FROM links WHERE slug = ?").bind(slug);
  return row.first<{ program_id: number; affiliate_id: number }>();
}

describe("the program page", () => {
  test("shows banners and texts with the affiliate's link, and resources", async () => {
    const { program, a, b } = await setUp();
    await make(program, IMAGE, TEXT, { kind: "resource", title: "Press kit", url: "https://press.example/kit" });
    const { open } = await signIn(a.username);
    const { status, html } = await open("/app/program");
    expect(status).toBe(200);
    expect(fieldsOf(html)).toEqual([
      `<a href="https://go.example.com/${a.slug}" rel="sponsored"><img src="https://cdn.example/a.png?x=1&amp;y=2" width="728" height="90" alt="Plan &amp; ship"></a>`,
      `I plan with it:\nhttps://go.example.com/${a.slug}`,
    ]);
    expect(html).not.toContain(b.slug);
    expect(html).toContain("728 × 90 px");
    // The portal itself loads nothing from other sites.
    const { elements } = await parse(html);
    expect(elements.filter(({ tag }) => ["iframe", "object", "embed"].includes(tag))).toEqual([]);
    const images = elements.filter(({ tag }) => tag === "img").map(({ attributes }) => attributes.src);
    expect(images).toEqual([expect.stringMatching(/^\/app\/creatives\/[\w-]+\/image$/)]);
    const outside = elements.filter(({ attributes: { href } }) => href?.startsWith("https://"));
    expect(outside.map(({ attributes }) => decode(attributes.href ?? ""))).toEqual([
      IMAGE.url,
      "https://press.example/kit",
    ]);
    for (const { attributes } of outside) {
      expect(attributes).toMatchObject({ target: "_blank", rel: "noopener noreferrer" });
    }
    // With one link there is nothing to choose.
    expect(html).not.toContain('name="link"');
  });

  test("explains missing creatives and a missing active link", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const { open } = await signIn(a.username);
    const empty = await open("/app/program");
    expect(empty.html).toContain("No banners or texts yet.");
    expect(empty.html).toContain("No resources yet.");
    await make(program, TEXT);
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
    const { html } = await open("/app/program");
    expect(html).toContain("You have no active link.");
    expect(html).toContain("A post");
    expect(fieldsOf(html)).toEqual([]);
  });

  test("uses the oldest active affiliate link by default, or the selected one", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const link = { program, affiliate: a.username, destination: "https://shop.example/" };
    const [old, second, tracking] = [`old-${program}`, `second-${program}`, `tracking-${program}`];
    await admin("POST", "/v1/links", { ...link, slug: tracking, kind: "tracking", channel: "Blog" });
    await admin("POST", "/v1/links", { ...link, slug: second });
    await admin("POST", "/v1/links", { ...link, slug: old, expires_at: "2020-01-01T00:00:00Z" });
    await make(program, { ...TEXT, text: "{link}" });
    const { open } = await signIn(a.username);
    const shown = async (query = "") => {
      const { status, html } = await open(`/app/program?program=${program}${query}`);
      expect(status).toBe(200);
      return { address: fieldsOf(html)[0]?.split("/").at(-1), html };
    };
    const first = await shown();
    expect(first.address).toBe(a.slug);
    const offered = [...first.html.matchAll(/<option value="\d+"[^>]*>([^<]*)</g)].map(([, name]) => name);
    expect(offered).toEqual([a.slug, second, `${tracking}, Blog`]);
    for (const name of [second, tracking, old]) {
      const { address, html } = await shown(`&link=${await idOf(open, program, name)}`);
      expect(address).toBe(name);
      expect(html).toMatch(new RegExp(`<option value="\\d+" selected=""[^>]*>${name}`));
    }
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
    expect((await shown()).address).toBe(second);
    await admin("PATCH", `/v1/links/${second}`, { disabled: true });
    expect((await shown()).address).toBe(tracking);
  });

  test("finds only links of the shown program", async () => {
    const { program, a, b } = await setUp();
    await make(program, TEXT);
    const other = await setUp({ affiliates: 1 });
    await admin("POST", `/v1/programs/${other.program}/enrollments`, { affiliate: a.username });
    const elsewhere = { program: other.program, affiliate: a.username, slug: `else-${program}` };
    await admin("POST", "/v1/links", { ...elsewhere, destination: "https://shop.example/" });
    const { open } = await signIn(a.username);
    const foreign = await idOf((await signIn(b.username)).open, program, b.slug);
    const elsewhereId = await idOf(open, other.program, elsewhere.slug);
    expect([foreign, elsewhereId]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)]);
    const nothing = await open(`/app/program?program=${program}&link=987654`);
    expect(nothing.status).toBe(404);
    const plain = (html: string) => bodyOf(html).replaceAll(/nonce="[^"]*"/g, "");
    for (const id of [foreign, elsewhereId, "0", "-1", "x", "1e3", "99999999999999999999", ""]) {
      const { status, html } = await open(`/app/program?program=${program}&link=${id}`);
      expect([id, status]).toEqual([id, 404]);
      expect(plain(html)).toBe(plain(nothing.html));
    }
    expect((await open(`/app/program?program=${other.program}&link=${elsewhereId}`)).status).toBe(200);
  });

  test("sends a creative's clicks to its destination if the link allows it, and explains if it doesn't", async () => {
    const { program, a } = await setUp({ affiliates: 1, program: { deep_links: true } });
    const summer = "https://shop.example/summer?a=1&b=2";
    const pricing = "https://shop.example/pricing";
    for (const destination_url of [summer, pricing]) await make(program, { ...TEXT, text: "{link}", destination_url });
    const split = [{ destination: "https://shop.example/elsewhere", weight: 1 }];
    await admin("PATCH", `/v1/links/${a.slug}`, { targets: [{ split }] });
    const { open } = await signIn(a.username);
    const landings = async () => {
      const addresses = fieldsOf((await open("/app/program")).html);
      const clicked = addresses.map((address) => send(address, { headers: { "User-Agent": BROWSER } }));
      return (await Promise.all(clicked)).map(({ status, headers }) => {
        const landed = new URL(headers.get("location") ?? "");
        landed.searchParams.delete("lc_click");
        return [status, landed.href];
      });
    };
    expect(await landings()).toEqual([
      [302, summer],
      [302, pricing],
    ]);
    await admin("PATCH", `/v1/links/${a.slug}`, { deep_links: false });
    expect(await landings()).toEqual([
      [302, "https://shop.example/elsewhere"],
      [302, "https://shop.example/elsewhere"],
    ]);
    expect(await readMismatches(open)).toEqual([
      "Designed for shop.example/summer?a=1&b=2, but the selected link has another destination URL. Create a tracking link with this destination URL, then select it above.",
      "Designed for shop.example/pricing, but the selected link sends only some visitors there. Create a tracking link with this destination URL, then select it above.",
    ]);
    await admin("PATCH", `/v1/links/${a.slug}`, { targets: null });
    expect(await readMismatches(open)).toHaveLength(1);
  });

  test("suggests only what the affiliate can do", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    await make(program, { ...TEXT, destination_url: "https://shop.example/?via=blog" });
    const { open } = await signIn(a.username);
    expect(await readMismatches(open)).toEqual([expect.stringContaining("Create a tracking link")]);
    const owned = await linkRow(a.slug);
    const more = Array.from({ length: 499 }, (_, n) =>
      env.DB.prepare(
        "INSERT INTO links (slug, program_id, affiliate_id, destination, kind, disabled, created_at) VALUES (?, ?, ?, ?, 'affiliate', 1, 1)",
      ).bind(`more-${n}-${program}`, owned?.program_id, owned?.affiliate_id, "https://shop.example/"),
    );
    await env.DB.batch(more);
    expect(await readMismatches(open)).toEqual([
      "Designed for shop.example/?via=blog, but the selected link has another destination URL. You’ve reached the limit for links. Ask the merchant to change this link’s destination URL.",
    ]);
    await admin("PATCH", `/v1/programs/${program}`, { referral_parameter: "via" });
    expect(await readMismatches(open)).toEqual([
      "Designed for shop.example/?via=blog, which links may no longer lead to. It uses your link’s own destination URL.",
    ]);
    await admin("PATCH", `/v1/links/${a.slug}`, { disabled: true });
    const { html } = await open("/app/program");
    expect(html).toContain("You’ve reached the limit for links. Ask the merchant to enable one of them.");
    expect(html).not.toContain(">Create a link<");
  });

  test.each([
    ["pending", "Available once the merchant approves your application."],
    ["rejected", "Available to approved affiliates only."],
    ["suspended", "Not available while your enrollment is suspended."],
  ])("shows no creatives to an affiliate that is %s", async (status, said) => {
    const { program, a, b } = await setUp();
    await make(program, IMAGE, TEXT, { kind: "resource", title: "Press kit", url: "https://press.example/kit" });
    const { open } = await signIn(a.username);
    const [own, foreign] = [
      await idOf(open, program, a.slug),
      await idOf((await signIn(b.username)).open, program, b.slug),
    ];
    await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status });
    for (const path of ["/app/program", `/app/program?link=${own}`]) {
      const { status, html } = await open(path);
      expect([path, status]).toEqual([path, 200]);
      expect(bodyOf(html)).toContain(said);
      expect(html).not.toMatch(/press\.example|cdn\.example|Banner|A post|I plan with it|<textarea|id="resources"/);
    }
    expect((await open(`/app/program?link=${foreign}`)).status).toBe(404);
    await admin("PATCH", `/v1/programs/${program}/enrollments/${a.username}`, { status: "approved" });
    expect(fieldsOf((await open("/app/program")).html)).toHaveLength(2);
  });
});
