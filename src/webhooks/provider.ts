import type { Problem } from "../problem.ts";
import type { ProviderEvent } from "./conversion-event.ts";

/**
 * One checkout's way of posting webhooks. A new provider is one file that exports one of these, one line in
 * `providers.ts` and one folder of fixtures.
 */
export interface Provider {
  /** Name of the provider as an endpoint's `source`. */
  source: string;
  /** A new secret for an endpoint, in the provider's own format, from 32 random bytes. */
  makeSecret: (random: Uint8Array) => string;
  /** Checks who sent the raw body; null if it is from a holder of one of the secrets, else the refusal. `now` in ms. */
  verify: (request: SignedRequest, secrets: readonly string[], now: number) => Problem | null;
  /** Reads the events out of a verified request. Throws a {@link Problem} that names the field. */
  parse: (request: SignedRequest) => ProviderEvent[];
}

/** A request as it was signed. `body` is the exact text of the bytes: bodies that are no UTF-8 never get here. */
export interface SignedRequest {
  body: string;
  headers: Headers;
}
