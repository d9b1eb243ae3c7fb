import { expect, test } from "vitest";
import { keyMac } from "../../src/lib/mac.ts";
import { fc } from "../support/random.ts";

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

/** The platform's result, which is slower. */
async function signByPlatform(secret: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>): Promise<string> {
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, message)).toHex();
}

test("signatures match the platform's, also for a reused key", async () => {
  const property = fc.asyncProperty(bytes(1, 80), bytes(0, 300), bytes(0, 300), async (secret, first, second) => {
    const mac = keyMac(secret);
    for (const message of [first, second, first]) {
      expect(mac(message).toHex()).toBe(await signByPlatform(Uint8Array.from(secret), Uint8Array.from(message)));
    }
  });
  await fc.assert(property, { numRuns: 200 });
});
