/** The console's pages of creatives. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readBody } from "../../../src/creatives/console/creative-form.ts";
import { bodyOf, signIn } from "../../console/session.ts";
import { admin, setUp } from "../../support/story.ts";

test("a creative is added once, changed, and removed after a confirmation", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const session = await signIn({ key: env.ADMIN_TOKEN });
  const path = `/admin/programs/${program}/creatives`;
  expect((await session.open(path)).html).toContain("No creatives yet.");
  const fields = { title: "<b>Square</b>", url: "https://cdn.shop.example/a.png", width: "250", height: "", alt: "" };
  const refused = await session.post(`${path}/new?kind=image`, { ...fields, form_key: "1" });
  const html = bodyOf(await refused.text());
  expect([refused.status, html.match(/aria-invalid="true"/g)?.length]).toEqual([422, 2]);
  expect(html).toContain('value="&lt;b&gt;Square&lt;/b&gt;"');
  const whole = { ...fields, height: "250", alt: "Orbit", destination_url: "", position: "", form_key: "2" };
  for (const _ of [1, 2]) expect((await session.post(`${path}/new?kind=image`, whole)).status).toBe(303);
  const list = async () => (await admin("GET", `/v1/programs/${program}/creatives`)).json.data;
  const [creative, ...others] = await list();
  expect([creative, others]).toMatchObject([{ title: "<b>Square</b>", width: 250, destination_url: null }, []]);
  expect((await session.open(path)).html).toContain("&lt;b&gt;Square&lt;/b&gt;");
  const page = `${path}/${creative.id}`;
  const other = await session.post(page, { ...whole, destination_url: "https://evil.example/" });
  expect([other.status, await other.text()]).toEqual([422, expect.stringContaining("Host not allowed")]);
  await session.post(page, { ...whole, title: "Banner", position: "7" });
  expect(await list()).toMatchObject([{ title: "Banner", position: 7 }]);
  expect((await session.open(`${page}/remove`)).html).toContain("Affiliates no longer see this image");
  await session.post(`${page}/remove`);
  expect(await list()).toHaveLength(1);
  await session.post(`${page}/remove`, { confirmed: "yes" });
  expect(await list()).toEqual([]);
});

test("a form sends the fields of its kind only", () => {
  const entered = { title: " Press kit ", url: "https://shop.example/kit", width: "1", position: "" };
  expect(readBody("resource", entered)).toEqual({ title: "Press kit", url: "https://shop.example/kit" });
  expect(readBody("text", { ...entered, text: "Try it: {link}", position: "3" })).toEqual({
    ...{ title: "Press kit", text: "Try it: {link}", destination_url: null, position: 3 },
  });
});
