/** The deployed Worker: `worker.ts` with the real clock and randomness. */
import { createWorker } from "./worker.ts";

export { Account, Customer } from "./worker.ts";

export default createWorker({
  now: () => Date.now(),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
});
