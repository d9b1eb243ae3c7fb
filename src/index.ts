/** The deployed Worker: `worker.ts` with the real clock and randomness. */
import { createWorker, SYSTEM } from "./worker.ts";

export { Account, Customer } from "./worker.ts";

export default createWorker(SYSTEM);
