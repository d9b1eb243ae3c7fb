/**
 * Server postbacks (S2S): one GET or POST per conversion, with the parameter names of the trackers that merchants used before;
 * `event.ts` lists them. The merchant's server sends back the click id that its landing page received. Sources: Everflow,
 * "Advertiser Server Postbacks" and "Conversion Tracking"; TUNE, "Receiving Conversions via Postback URL" and "Customizing a
 * Conversion URL"; Voluum, "Parameters in Postback URLs", "Custom Conversions" and "Upselling".
 */
import { Problem } from "../../../lib/problem.ts";
import type { Provider, SignedRequest } from "../../provider.ts";
import { readParameters, readParametersLeniently } from "../../reading/read-parameters.ts";
import { isOneOf } from "../../signatures/signature.ts";
import { answerPostback } from "./answer.ts";
import { readPostback } from "./event.ts";

/** Everflow's and TUNE's names for the advertiser's token, used if the request has no `key`. */
const TRACKERS_KEYS = ["verification_token", "security_token"];

export const postback = {
  source: "postback",

  ids: "merchant",

  secret: { made_by: "us", make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }) },

  address: (endpoint, secret) => `/v1/postback?endpoint=${endpoint}&key=${secret}`,

  headers: [],

  verify(request, secrets) {
    const keys = listKeys(request);
    if (keys.length === 0) return new Problem(401, "signature_missing", "key is required: the endpoint's key.");
    // Every key must be valid: an unknown one could be someone else's secret and would be logged.
    const proved = keys.map((key) => isOneOf(key, secrets)).every(Boolean);
    return proved ? null : new Problem(401, "signature_invalid", "key is not this endpoint's key.");
  },

  parse: (request, program?: { currency: string }) => readPostback(readParameters(request), program?.currency ?? null),

  answer: answerPostback,
} satisfies Provider;

function listKeys(request: SignedRequest): string[] {
  const parameters = readParametersLeniently(request);
  const keysNamed = (names: readonly string[]) =>
    names.flatMap((name) => (parameters.get(name) ?? []).filter((value) => value !== null && value !== "").map(String));
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const own = [...keysNamed(["key"]), ...(bearer === undefined ? [] : [bearer])];
  return own.length > 0 ? own : keysNamed(TRACKERS_KEYS);
}
