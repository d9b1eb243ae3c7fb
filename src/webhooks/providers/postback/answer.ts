/** Responses to postbacks: our JSON, a pixel, or TUNE's text. */
import type { Answer, Outcome, SignedRequest } from "../../provider.ts";
import { type Parameters, readParametersLeniently } from "../../reading/read-parameters.ts";

/** A transparent GIF, 1×1. */
const PIXEL = Uint8Array.from(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"), (byte) =>
  byte.charCodeAt(0),
);

/**
 * The response to a postback; null for our JSON.
 *
 * `pixel=1` and `format=gif` get the pixel even for a refusal, because a browser would show anything else as a broken image.
 * `format=tune`, and postbacks with TUNE's parameter names that request no format, get TUNE's `success=true;` or `success=false;
 * err_msg=…;` ("Receiving Conversions via Postback URL"). Unlike TUNE's, a refusal isn't a 200, for senders that only check the
 * status.
 */
export function answerPostback(outcome: Outcome, request: SignedRequest): Answer | null {
  const parameters = readParametersLeniently(request);
  const says = (name: string, texts: readonly string[]) =>
    parameters.get(name)?.some((value) => texts.includes(String(value).trim().toLowerCase())) === true;
  if (says("pixel", ["1", "true"]) || says("format", ["gif"])) return pixel();
  if (says("format", ["tune"])) return answerTune(outcome);
  return !parameters.has("format") && isTunes(parameters) ? answerTune(outcome) : null;
}

/** Everflow also calls the click `transaction_id`, but always sends its network's id, `nid`. */
function isTunes(parameters: Parameters): boolean {
  return parameters.has("transaction_id") && !parameters.has("nid") && !parameters.has("click_id");
}

function pixel(): Answer {
  return { status: 200, headers: { "Content-Type": "image/gif", "Cache-Control": "no-store" }, body: PIXEL };
}

function answerTune({ problem }: Outcome): Answer {
  const headers = { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store" };
  if (problem === null) return { status: 200, headers, body: "success=true;" };
  const words = problem.message.replaceAll(/[;\s]+/g, " ").trim();
  return { status: problem.status, headers, body: `success=false; err_msg=${words};` };
}
