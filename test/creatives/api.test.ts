/** Creatives in the API: created once per key, listed in order, changed and deleted, with invalid ones rejected. */
import { expect, test } from "vitest";
import { command } from "../support/payout-story.ts";
import { admin, send, setUp } from "../support/story.ts";

const IMAGE = {
  kind: "image",
  title: "Summer banner",
  url: "https://cdn.example/summer.png",
  width: 300,
  height: 250,
  alt: "Plan your summer with Orbit",
};
const TEXT = { kind: "text", title: "A post", text: "I plan with it: {link}" };
const RESOURCE = { kind: "resource", title: "Press kit", url: "https://press.example/kit" };

const pathOf = (program: string, id = "") => `/v1/programs/${program}/creatives${id && `/${id}`}`;

async function make(program: string, creative: object) {
  const { status, json } = await command(pathOf(program), creative);
  expect(status, JSON.stringify(json)).toBe(201);
  return json;
}

test("stores and returns the fields of each kind", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const destination_url = "https://shop.example/summer";
  const image = await make(program, { ...IMAGE, destination_url });
  expect(image).toEqual({
    ...IMAGE,
    ...{ program, destination_url, position: 1 },
    id: expect.stringMatching(/^cr_[0-9a-f]{24}$/),
    created_at: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  const text = await make(program, { ...TEXT, text: "  Hello\r\n\r\nit is {link}\rand {link}\n " });
  expect(text).toMatchObject({ position: 2, text: "Hello\n\nit is {link}\nand {link}", destination_url: null });
  expect(Object.keys(text)).not.toContain("url");
  const resource = await make(program, RESOURCE);
  expect(Object.keys(resource)).toEqual(["id", "program", "kind", "title", "position", "url", "created_at"]);
  expect(await admin("GET", pathOf(program, image.id))).toEqual({ status: 200, json: image });
  expect(await admin("GET", pathOf(program))).toEqual({
    status: 200,
    json: { data: [image, text, resource], next: null },
  });
});

test("a repeated call creates nothing, and another body with the same key is rejected", async () => {
  const [{ program }, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
  const key = "banner-1";
  const first = await command(pathOf(program), IMAGE, { key });
  expect(first.status).toBe(201);
  expect(await command(pathOf(program), IMAGE, { key })).toEqual({ status: 200, json: first.json });
  const changed = await admin("PATCH", pathOf(program, first.json.id), { title: "Winter banner" });
  // It was created from this body, even if it has changed since.
  expect(await command(pathOf(program), IMAGE, { key })).toEqual({ status: 200, json: changed.json });
  const reused = await command(pathOf(program), { ...IMAGE, width: 301 }, { key });
  expect([reused.status, reused.json.code]).toEqual([409, "idempotency_key_reused"]);
  const elsewhere = await command(pathOf(other.program), IMAGE, { key });
  expect(elsewhere.status).toBe(201);
  expect(elsewhere.json.id).not.toBe(first.json.id);
  expect((await admin("GET", pathOf(program))).json.data).toHaveLength(1);
  const unnamed = await admin("POST", pathOf(program), IMAGE);
  expect([unnamed.status, unnamed.json.code]).toEqual([400, "idempotency_key_missing"]);
});

test("a repeated call returns its creative even if the program's rules have changed", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const banner = { ...IMAGE, destination_url: "https://shop.example?via=blog" };
  const first = await command(pathOf(program), banner, { key: "banner-1" });
  expect([first.status, first.json.destination_url]).toEqual([201, "https://shop.example/?via=blog"]);
  await admin("PATCH", `/v1/programs/${program}`, { referral_parameter: "via" });
  expect(await command(pathOf(program), banner, { key: "banner-1" })).toEqual({ status: 200, json: first.json });
  const written = { ...banner, destination_url: "https://shop.example/?via=blog" };
  expect(await command(pathOf(program), written, { key: "banner-1" })).toEqual({ status: 200, json: first.json });
  for (const [body, key, status, code] of [
    [{ ...banner, destination_url: "https://evil.example/" }, "banner-1", 409, "idempotency_key_reused"],
    [{ ...banner, width: 0 }, "banner-1", 422, "invalid_width"],
    [banner, "banner-2", 422, "invalid_destination_url"],
  ] as const) {
    const refused = await command(pathOf(program), body, { key });
    expect([refused.status, refused.json.code]).toEqual([status, code]);
  }
  expect((await admin("GET", pathOf(program))).json.data).toEqual([first.json]);
});

test("the key of a deleted creative creates it again, by the current rules", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const key = "banner-1";
  const { id } = (await command(pathOf(program), IMAGE, { key })).json;
  await admin("PATCH", pathOf(program, id), { title: "Winter banner" });
  await admin("DELETE", pathOf(program, id));
  const elsewhere = { ...IMAGE, destination_url: "https://evil.example/" };
  expect((await command(pathOf(program), elsewhere, { key })).status).toBe(422);
  const again = await command(pathOf(program), IMAGE, { key });
  expect([again.status, again.json.id, again.json.title]).toEqual([201, id, IMAGE.title]);
});

test("lists creatives by position, page by page", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const [first, second, third] = [
    await make(program, RESOURCE),
    await make(program, { ...RESOURCE, title: "Second" }),
    await make(program, { ...RESOURCE, title: "Third", position: 2 }),
  ];
  const top = await make(program, { ...RESOURCE, title: "Top", position: 0 });
  const ties = [second.id, third.id].toSorted();
  const seen: string[] = [];
  for (let query = "?limit=1"; ; ) {
    const { status, json } = await admin("GET", pathOf(program) + query);
    expect(status, JSON.stringify(json)).toBe(200);
    seen.push(...json.data.map(({ id }: { id: string }) => id));
    if (json.next === null) break;
    query = `?limit=1&cursor=${json.next}`;
  }
  expect(seen).toEqual([top.id, first.id, ...ties]);
  expect((await admin("PATCH", pathOf(program, first.id), { position: 9 })).json.position).toBe(9);
  expect((await admin("GET", pathOf(program))).json.data.at(-1).id).toBe(first.id);
  const { status, json } = await admin("GET", `${pathOf(program)}?cursor=9`);
  expect([status, json.code]).toEqual([422, "invalid_cursor"]);
});

test("changes the fields of each kind, and deletes creatives", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const image = await make(program, { ...IMAGE, destination_url: "https://shop.example/a" });
  const changes = { width: 728, height: 90, url: "https://cdn.example/wide.png", destination_url: null };
  const changed = await admin("PATCH", pathOf(program, image.id), changes);
  expect(changed).toEqual({ status: 200, json: { ...image, ...changes } });
  expect((await admin("GET", pathOf(program, image.id))).json).toEqual(changed.json);
  for (const [body, code] of [
    [{}, "invalid_body"],
    [{ kind: "text" }, "unknown_field"],
    [{ text: "{link}" }, "unknown_field"],
    [{ width: null }, "invalid_width"],
    [{ destination_url: "https://evil.example/" }, "invalid_destination_url"],
  ] as const) {
    const { status, json } = await admin("PATCH", pathOf(program, image.id), body);
    expect([status, json.code], JSON.stringify(body)).toEqual([422, code]);
  }
  const deleted = await admin("DELETE", pathOf(program, image.id));
  expect(deleted).toEqual({ status: 200, json: { ...changed.json, status: "deleted" } });
  for (const method of ["GET", "PATCH", "DELETE"]) {
    const { status, json } = await admin(method, pathOf(program, image.id), method === "PATCH" ? {} : undefined);
    expect([method, status, json.code]).toEqual([method, 404, "creative_not_found"]);
  }
  expect((await admin("GET", pathOf(program))).json.data).toEqual([]);
});

test("rejects invalid creatives and names the field", async () => {
  const { program } = await setUp({ affiliates: 1, program: { referral_parameter: "via" } });
  const cases: [body: Record<string, unknown>, field: string, code?: string][] = [
    [{ ...IMAGE, url: "http://cdn.example/a.png" }, "url"],
    [{ ...IMAGE, url: "javascript:alert(1)" }, "url"],
    [{ ...IMAGE, url: "data:image/png;base64,AAAA" }, "url"],
    [{ ...IMAGE, url: "/a.png" }, "url"],
    [{ ...IMAGE, url: "https://user:secret@cdn.example/a.png" }, "url"],
    [{ ...IMAGE, url: "https://cdn.example/a\n.png" }, "url"],
    [{ ...IMAGE, url: `https://cdn.example/${"a".repeat(2_000)}` }, "url"],
    [{ ...IMAGE, width: undefined }, "width"],
    [{ ...IMAGE, width: 0 }, "width"],
    [{ ...IMAGE, width: 2.5 }, "width"],
    [{ ...IMAGE, height: 10_001 }, "height"],
    [{ ...IMAGE, height: "250" }, "height"],
    [{ ...IMAGE, alt: "  " }, "alt"],
    [{ ...IMAGE, alt: undefined }, "alt"],
    [{ ...IMAGE, title: "x".repeat(201) }, "title"],
    [{ ...IMAGE, title: "a\nb" }, "title"],
    [{ ...IMAGE, text: "{link}" }, "text", "unknown_field"],
    [{ ...IMAGE, kind: "video" }, "kind"],
    [{ ...IMAGE, kind: undefined }, "kind"],
    [{ ...IMAGE, colour: "red" }, "colour", "unknown_field"],
    [{ ...IMAGE, position: -1 }, "position"],
    [{ ...IMAGE, destination_url: "https://evil.example/" }, "destination_url"],
    [{ ...IMAGE, destination_url: "javascript:alert(1)" }, "destination_url"],
    [{ ...IMAGE, destination_url: "https://shop.example/?via=me" }, "destination_url"],
    [{ ...IMAGE, destination_url: "https://shop.example/?lc_click=x" }, "destination_url"],
    [{ ...IMAGE, destination_url: "https://shop.example/{click_id}" }, "destination_url"],
    [{ ...IMAGE, destination_url: "https://shop.example/a\nb" }, "destination_url"],
    [{ ...IMAGE, destination_url: "no address" }, "destination_url"],
    [{ ...IMAGE, destination_url: `https://shop.example/${"a".repeat(2_000)}` }, "destination_url"],
    [{ ...TEXT, text: "Buy it!" }, "text"],
    [{ ...TEXT, text: `{link}${"x".repeat(5_000)}` }, "text"],
    [{ ...TEXT, text: "{link}\u0000" }, "text"],
    [{ ...TEXT, url: "https://shop.example/" }, "url", "unknown_field"],
    [{ ...TEXT, width: 1 }, "width", "unknown_field"],
    [{ ...RESOURCE, destination_url: "https://shop.example/" }, "destination_url", "unknown_field"],
    [{ ...RESOURCE, alt: "x" }, "alt", "unknown_field"],
    [{ ...RESOURCE, url: "http://press.example/" }, "url"],
  ];
  for (const [body, field, code = `invalid_${field}`] of cases) {
    const { status, json } = await command(pathOf(program), body);
    expect([status, json.code, json.field], JSON.stringify(body).slice(0, 200)).toEqual([422, code, field]);
  }
  expect((await admin("GET", pathOf(program))).json.data).toEqual([]);
});

test("creatives belong to one program, and only merchants can change them", async () => {
  const [{ program }, other] = [await setUp({ affiliates: 1 }), await setUp({ affiliates: 1 })];
  const { id } = await make(program, RESOURCE);
  expect((await admin("GET", pathOf(other.program))).json.data).toEqual([]);
  for (const [method, body] of [
    ["GET", undefined],
    ["PATCH", { title: "Mine" }],
    ["DELETE", undefined],
  ] as const) {
    const { status, json } = await admin(method, pathOf(other.program, id), body);
    expect([method, status, json.code]).toEqual([method, 404, "creative_not_found"]);
    const nowhere = await admin(method, pathOf("nowhere", id), body);
    expect([method, nowhere.status, nowhere.json.code]).toEqual([method, 404, "program_not_found"]);
    const anybody = await send(pathOf(program, id), { method, ...(body && { body: JSON.stringify(body) }) });
    expect([method, anybody.status]).toEqual([method, 401]);
  }
  expect((await admin("GET", pathOf(program, id))).json.title).toBe("Press kit");
});

test("allows at most a hundred, not counting repeated calls", async () => {
  const { program } = await setUp({ affiliates: 1 });
  for (let n = 0; n < 100; n += 1) await command(pathOf(program), RESOURCE, { key: `n${n}` });
  const over = await command(pathOf(program), RESOURCE, { key: "n100" });
  expect([over.status, over.json.code]).toEqual([409, "too_many_creatives"]);
  expect((await command(pathOf(program), RESOURCE, { key: "n99" })).status).toBe(200);
});
