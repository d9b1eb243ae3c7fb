/** The file that the built site is packed into. */
import { expect, test } from "vitest";
import { openPack, packSite, type SiteFile } from "../../src/docs/pack.ts";

const fileOf = (text: string, immutable = false): SiteFile => ({
  type: "text/plain; charset=utf-8",
  etag: `"${text.length}"`,
  immutable,
  body: new TextEncoder().encode(text),
});

const open = (files: Map<string, SiteFile>) => openPack(Uint8Array.from(packSite(files)).buffer);

test("files come out of a pack as they went in", () => {
  const files = new Map([
    ["/docs", fileOf("Grüße")],
    ["/docs/empty", fileOf("")],
    ["/docs/_/a.css", fileOf("a {}", true)],
    ["/docs/ü", fileOf("the path counts in bytes, not in characters")],
  ]);
  expect([...open(files)]).toEqual([...files]);
});

test("a body is a part of the pack, not a copy", () => {
  const bodies = [
    ...open(
      new Map([
        ["/a", fileOf("one")],
        ["/b", fileOf("two")],
      ]),
    ).values(),
  ].map(({ body }) => body);
  expect(new Set(bodies.map(({ buffer }) => buffer)).size).toBe(1);
});

test("a pack may have no files", () => {
  expect(open(new Map()).size).toBe(0);
});
