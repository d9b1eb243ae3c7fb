import type { Provider } from "./provider.ts";
import { standard } from "./standard.ts";

/** Every provider there is: the only place that lists them. */
export const providers: ReadonlyMap<string, Provider> = new Map([standard].map((entry) => [entry.source, entry]));
