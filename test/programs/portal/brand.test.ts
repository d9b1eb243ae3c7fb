/** The merchant's face on the portal's pages. No other site is contacted for it. */
import { afterEach, expect, test, vi } from "vitest";
import { bodyOf, signIn } from "../../portal/session.ts";
import { command } from "../../support/payout-story.ts";
import { admin, send, setUp } from "../../support/story.ts";

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
const LOGO = "https://cdn.example/logo.png";

afterEach(() => vi.restoreAllMocks());

function answerImages(type: string, body: Uint8Array<ArrayBuffer> = PNG) {
  return vi
    .spyOn(globalThis, "fetch")
    .mockImplementation(async () => new Response(body, { headers: { "Content-Type": type } }));
}

async function setUpBrand() {
  const setting = await setUp();
  const brand = {
    logo_url: LOGO,
    color: "#1d4ed8",
    support_email: "help@shop.example",
    terms_url: "https://shop.example/tos",
  };
  expect((await admin("PATCH", `/v1/programs/${setting.program}`, brand)).status).toBe(200);
  return setting;
}

test("every page has the program's logo, color, support address and terms of service", async () => {
  const { program, a } = await setUpBrand();
  const { open } = await signIn(a.username);
  for (const path of ["/app", "/app/links", "/app/account", "/app/transactions", "/app/payouts"]) {
    const { html } = await open(path);
    expect(html, path).toContain(`src="/app/join/${program}/logo"`);
    expect(html, path).toContain("--accent: #1d4ed8");
    expect(html, path).toContain('href="mailto:help@shop.example"');
    expect(html, path).toContain('href="https://shop.example/tos"');
    expect(html, path).not.toContain(LOGO);
  }
  const plain = await setUp({ affiliates: 1 });
  const { html } = await (await signIn(plain.a.username)).open("/app");
  expect(bodyOf(html)).toContain('<strong class="brand-name">');
  expect(html).not.toContain("Questions?");
});

test("serves the logo from the portal's own origin, to everyone: the sign-up page has it too", async () => {
  const { program } = await setUpBrand();
  const fetched = answerImages("image/png");
  const image = await send(`/app/join/${program}/logo`);
  expect(fetched.mock.calls.map(([url]) => url)).toEqual([LOGO]);
  expect(image.status).toBe(200);
  expect(image.headers.get("content-type")).toBe("image/png");
  expect(image.headers.get("cache-control")).toBe("private, max-age=86400");
  expect(image.headers.get("x-content-type-options")).toBe("nosniff");
  expect(image.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(new Uint8Array(await image.arrayBuffer())).toEqual(PNG);
  const { program: plain } = await setUp({ affiliates: 1 });
  expect((await send(`/app/join/${plain}/logo`)).status).toBe(404);
  expect(fetched).toHaveBeenCalledTimes(1);
});

test.each([
  ["a page", "text/html", PNG],
  ["too large a file", "image/png", new Uint8Array(2_000_001)],
])("doesn't serve %s as a logo", async (_, type, body) => {
  const { program, a } = await setUpBrand();
  const { open } = await signIn(a.username);
  answerImages(type, body);
  expect((await open(`/app/join/${program}/logo`)).status).toBe(404);
});

test("previews of images are served to approved affiliates of the program only", async () => {
  const { program, a, b } = await setUp();
  const image = {
    kind: "image",
    title: "Banner",
    url: "https://cdn.example/b.png",
    width: 728,
    height: 90,
    alt: "Plan",
  };
  const { json } = await command(`/v1/programs/${program}/creatives`, image);
  const { open } = await signIn(a.username);
  expect((await open("/app/program")).html).toContain(
    `src="/app/creatives/${json.id}/image" alt="Plan" width="728" height="90"`,
  );
  answerImages("image/png");
  expect((await open(`/app/creatives/${json.id}/image`)).status).toBe(200);
  await admin("PATCH", `/v1/programs/${program}/enrollments/${b.username}`, { status: "suspended" });
  const other = await signIn(b.username);
  expect((await other.open(`/app/creatives/${json.id}/image`)).status).toBe(404);
});
