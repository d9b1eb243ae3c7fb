/** The console's pages of a program's settings and groups. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { bodyOf, signIn } from "../../console/session.ts";
import { admin, setUp } from "../../support/story.ts";
import { createUser } from "../../support/users.ts";

async function open() {
  const { program } = await setUp();
  const session = await signIn({ key: (await createUser("owner")).key });
  const path = `/admin/programs/${program}/settings`;
  const read = async () => (await admin("GET", `/v1/programs/${program}`)).json;
  return { program, session, path, read };
}

/** What a browser submits of the form as it is shown: the fields of the first form after the sign-out button. */
function readFields(html: string): Record<string, string> {
  const form = /<form method="post" action="[^"]*\/settings"[\s\S]*?<\/form>/.exec(html)?.[0] ?? "";
  const inputs = [...form.matchAll(/<input [^>]*name="([^"]+)"[^>]*>/g)].flatMap(([tag, name = ""]) => {
    if (tag.includes('type="checkbox"')) return tag.includes("checked") ? [[name, "on"]] : [];
    return [[name, /value="([^"]*)"/.exec(tag)?.[1] ?? ""]];
  });
  const areas = [...form.matchAll(/<textarea [^>]*name="([^"]+)"[^>]*>\s*([^<]*?)\s*<\/textarea>/g)];
  const choices = [...form.matchAll(/<select [^>]*name="([^"]+)"[\s\S]*?<option value="([^"]*)" selected/g)];
  return Object.fromEntries([...inputs, ...[...areas, ...choices].map(([, name = "", value = ""]) => [name, value])]);
}

describe("settings", () => {
  test("stay as they are when the form is saved unchanged, and change by what is entered", async () => {
    const { session, path, read } = await open();
    const before = await read();
    const fields = readFields((await session.open(path)).html);
    expect((await session.post(path, fields)).headers.get("location")).toBe(`${path}?done=saved`);
    expect(await read()).toEqual(before);
    const { deep_links: _, ...others } = fields;
    const entered = { home_url: "https://shop.example/", destination_hosts: "shop.example\nwww.shop.example" };
    await session.post(path, { ...others, ...entered, legal_name: "Orbit, Inc.", payout_auto_draft: "" });
    expect(await read()).toEqual({
      ...before,
      ...{ home_url: "https://shop.example/", destination_hosts: ["shop.example", "www.shop.example"] },
      ...{ legal_name: "Orbit, Inc.", payout_auto_draft: false },
    });
  });

  test("that are invalid are refused beside their field", async () => {
    const { session, path, read } = await open();
    const before = await read();
    const fields = readFields((await session.open(path)).html);
    const refused = await session.post(path, { ...fields, cookie_domain: "co.uk", home_url: "nowhere" });
    const html = bodyOf(await refused.text());
    expect(refused.status).toBe(422);
    expect(html).toContain('value="co.uk"');
    expect(html).toContain('aria-invalid="true"');
    expect(await read()).toEqual(before);
  });
});

test("a group is created once, and its name in the terms can't be taken twice", async () => {
  const { session, path, program } = await open();
  for (const form_key of ["k1", "k1"]) {
    await session.post(`${path}/groups`, { slug: "partners", name: "<b>Partners</b>", form_key });
  }
  expect((await admin("GET", `/v1/programs/${program}/groups`)).json.data).toHaveLength(2);
  expect((await session.open(path)).html).toContain("&lt;b&gt;Partners&lt;/b&gt;");
  const again = await session.post(`${path}/groups`, { slug: "partners", name: "More", form_key: "k2" });
  expect([again.status, await again.text()]).toEqual([422, expect.stringContaining("has a group")]);
});

test("fewer approvals wait for a second owner", async () => {
  const { session, path, read } = await open();
  await session.post(`${path}/approvals`, { payout_approvals: "2" });
  expect(await read()).toMatchObject({ payout_approvals: 2 });
  const asked = await session.post(`${path}/approvals`, { payout_approvals: "1" });
  expect(asked.headers.get("location")).toBe(`${path}?done=requested`);
  expect(await read()).toMatchObject({ payout_approvals: 2 });
  expect((await session.open(path)).html).toContain("A second owner must request the same");
  const second = await signIn({ key: (await createUser("owner")).key });
  await second.post(`${path}/approvals`, { payout_approvals: "1" });
  expect(await read()).toMatchObject({ payout_approvals: 1 });
});

test("a viewer sees the settings without a form, and the list of programs", async () => {
  const { path, program } = await open();
  const { open: view } = await signIn({ key: (await createUser("viewer")).key });
  const { html } = await view(path);
  expect(html).toContain("shop.example");
  expect(html).not.toContain(`action="${path}`);
  expect((await view("/admin/programs")).html).toContain(`/admin/programs/${program}/setup`);
  expect((await view("/admin/programs")).html).not.toContain("Create program");
  const { open: asKey } = await signIn({ key: env.ADMIN_TOKEN });
  expect((await asKey("/admin/programs")).html).toContain("Create program");
});
