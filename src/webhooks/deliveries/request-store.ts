/** Seals requests for storage, so that deliveries can be retried, inspected and replayed. */
import { compressLongText, expandText } from "../../lib/platform/compression.ts";
import { seal, unseal } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import type { Provider, SignedRequest } from "../provider.ts";
import { packRequest } from "./stored-request.ts";

/** Well below D1's limit of 2 MB for a row. Checkouts' longest requests are a tenth of it once they are compressed. */
const SEALED_MAX_CHARACTERS = 1_000_000;

/** The key and the delivery that a request is sealed for. */
export interface RequestSeal {
  vault_key: Uint8Array<ArrayBuffer>;
  delivery_id: string;
}

/** Seals a verified request without its secrets. Throws 413 if it is too long to be stored. */
export async function sealRequest(
  { vault_key, delivery_id }: RequestSeal,
  request: SignedRequest,
  provider: Provider,
  secrets: readonly string[],
): Promise<string> {
  const sealed = await seal(vault_key, delivery_id, await compressLongText(packRequest(request, provider, secrets)));
  if (sealed.length > SEALED_MAX_CHARACTERS) {
    throw new Problem(413, "body_too_large", "The body is too long to be stored, even when it is compressed.");
  }
  return sealed;
}

/** The packed text of a sealed request; see `unpackRequest`. Throws if the key or the delivery differs. */
export async function unsealRequest({ vault_key, delivery_id }: RequestSeal, sealed: string): Promise<string> {
  return expandText(await unseal(vault_key, delivery_id, sealed));
}
