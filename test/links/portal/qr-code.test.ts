import decode from "jsqr";
import { expect, test } from "vitest";
import { drawQrCode, type QrCode, writeQrFile } from "../../../src/links/portal/qr-code.ts";
import { fc } from "../../support/random.ts";

const SCALE = 4;
const CHANNELS = 4;

/** A code as a camera reads it: dark inside the path, light elsewhere. */
function paint({ size, path }: QrCode): { pixels: Uint8ClampedArray; width: number } {
  const width = size * SCALE;
  const pixels = new Uint8ClampedArray(width * width * CHANNELS).fill(255);
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    for (let row = Number(y) * SCALE; row < (Number(y) + 1) * SCALE; row += 1) {
      for (let column = Number(x) * SCALE; column < (Number(x) + Number(run)) * SCALE; column += 1) {
        pixels.fill(0, (row * width + column) * CHANNELS, (row * width + column) * CHANNELS + 3);
      }
    }
  }
  return { pixels, width };
}

function read(text: string): string | undefined {
  const code = drawQrCode(text);
  if (code === null) return undefined;
  const { pixels, width } = paint(code);
  return decode(pixels, width, width)?.data;
}

test.each([
  "https://go.example.com/ab3k9zt",
  "https://go.example.com/ab3k9zt?sub1=spring+issue&sub5=%C3%BC",
  `https://go.example.com/a?sub1=${"x".repeat(400)}`,
])("a scanner reads %s", (text) => expect(read(text)).toBe(text));

test("a scanner reads any URL", () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (url) => {
      expect(read(url)).toBe(url);
    }),
    { numRuns: 40 },
  );
});

test("has a quiet zone of four modules, and is null for texts that are too long", () => {
  const code = drawQrCode("https://go.example.com/ab3k9zt");
  const runs = [...(code?.path ?? "").matchAll(/M(\d+) (\d+)h(\d+)/g)].map((run) => run.slice(1).map(Number));
  const ends = runs.map(([x = 0, , run = 0]) => x + run);
  expect(Math.min(...runs.map(([x = 0]) => x))).toBe(4);
  expect(Math.max(...ends)).toBe((code?.size ?? 0) - 4);
  expect(Math.min(...runs.map(([, y = 0]) => y))).toBe(4);
  expect(drawQrCode("x".repeat(2_331))).not.toBeNull();
  expect(drawQrCode("x".repeat(2_332))).toBeNull();
});

test("the file contains the same code", () => {
  const code = drawQrCode("https://go.example.com/ab3k9zt");
  if (code === null) throw new Error("no code");
  expect(writeQrFile(code)).toContain(`viewBox="0 0 ${code.size} ${code.size}"`);
  expect(writeQrFile(code)).toContain(code.path);
});
