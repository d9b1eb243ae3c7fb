/** Features of the Workers runtime that Node lacks or implements incorrectly. */
import { timingSafeEqual } from "node:crypto";

Object.defineProperty(crypto.subtle, "timingSafeEqual", { value: timingSafeEqual, configurable: true });

// Node 24 encodes a view of a larger buffer from the start of that buffer, so it gets a copy.
const { toHex, toBase64 } = Uint8Array.prototype;
Object.assign(Uint8Array.prototype, {
  toHex(this: Uint8Array) {
    return toHex.call(this.slice());
  },
  toBase64(this: Uint8Array, options?: Parameters<typeof toBase64>[0]) {
    return toBase64.call(this.slice(), options);
  },
});
