import { expect, test } from "vitest";
import { hashVisitor } from "../../src/redirect/visitor.ts";

const [today, tomorrow] = ["11".repeat(32), "22".repeat(32)];

test("a visitor has the same hash with the same key, and a different one with another key", async () => {
  const hash = async (key: string, address: string, userAgent: string) =>
    (await hashVisitor(key, address, userAgent)).toHex();
  const first = await hash(today, "203.0.113.1", "Browser");
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  expect(await hash(today, "203.0.113.1", "Browser")).toBe(first);
  const others = [
    await hash(tomorrow, "203.0.113.1", "Browser"),
    await hash(today, "203.0.113.2", "Browser"),
    await hash(today, "203.0.113.1", "Other"),
  ];
  expect(new Set([first, ...others]).size).toBe(4);
});
