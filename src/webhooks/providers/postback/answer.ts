/** What a postback's sender is told: ours, a pixel, or TUNE's words. */
import type { Answer, Outcome, SignedRequest } from "../../provider.ts";
import { type Parameters, readParametersLeniently } from "../../reading/read-parameters.ts";

/** A transparent GIF of 1×1. */
const PIXEL = Uint8Array.fromBase64("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");

/**
 * The pixel for `pixel=1` and `format=gif`, whatever became of it, since a browser shows a broken picture for anything else.
 * TUNE's `success=true;` or `success=false; err_msg=…;` for `format=tune`, and for postbacks in its spelling that ask for no
 * other format ("Receiving Conversions via Postback URL"). A refusal keeps its status, which TUNE's own 200 would hide from
 * senders that look at nothing else. Null, which is our JSON, for the rest.
 */
export function answerPostback(outcome: Outcome, request: SignedRequest): Answer | null {
  const parameters = readParametersLeniently(request);
  const says = (name: string, texts: readonly string[]) =>
    parameters.get(name)?.some((value) => texts.includes(String(value).trim().toLowerCase())) === true;
  if (says("pixel", ["1", "true"]) || says("format", ["gif"])) return pixel();
  if (says("format", ["tune"])) return answerTune(outcome);
  return !parameters.has("format") && isTunes(parameters) ? answerTune(outcome) : null;
}

/** Everflow calls the click `transaction_id` as well, but never leaves its network's id out. */
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
