/** The proof of a checkout that signs nothing: it posts to a URL whose path ends with a secret. */
import { Problem } from "../../lib/problem.ts";
import type { SecretSource, SignedRequest, Verdict } from "../provider.ts";
import { isOneOf } from "./signature.ts";

/** 256 bits, in letters that a URL carries as they are. */
export const urlSecret = {
  made_by: "us",
  make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }),
  in_url: true,
} as const satisfies SecretSource;

/** Refuses a request whose path does not end with one of the secrets. Nothing else of it is proved. */
export function verifyUrlSecret({ path }: Pick<SignedRequest, "path">, secrets: readonly string[]): Verdict {
  if (path === "") return new Problem(401, "secret_missing", "The URL's path must end with this endpoint's secret.");
  return isOneOf(path, secrets)
    ? null
    : new Problem(401, "secret_invalid", "The URL's path does not end with a secret of this endpoint.");
}
