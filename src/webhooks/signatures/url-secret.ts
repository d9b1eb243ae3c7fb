/** For checkouts without signatures: they post to a URL whose path ends with a secret. */
import { Problem } from "../../lib/problem.ts";
import type { SecretSource, SignedRequest, Verdict } from "../provider.ts";
import { isOneOf } from "./signature.ts";

/** 256 bits in base64url, which needs no escaping in a URL. */
export const urlSecret = {
  made_by: "us",
  make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }),
  in_url: true,
} as const satisfies SecretSource;

/** Refuses a request whose path doesn't end with one of the secrets. Nothing else of the request is verified. */
export function verifyUrlSecret({ path }: Pick<SignedRequest, "path">, secrets: readonly string[]): Verdict {
  if (path === "") return new Problem(401, "secret_missing", "The URL's path must end with this endpoint's secret.");
  return isOneOf(path, secrets)
    ? null
    : new Problem(401, "secret_invalid", "The URL's path doesn't end with a secret of this endpoint.");
}
