/** Responses in the format of FirstPromoter's tracking API, as documented in its API reference v2 and v1. */
import type { Problem } from "../../../lib/problem.ts";
import type { Answer, Outcome, SignedRequest } from "../../provider.ts";
import { type Parameters, readParametersLeniently } from "../../reading/read-parameters.ts";

/** The `id` in the response to a call that creates no conversion. */
const NO_NUMBER = 1;

/**
 * The response to a tracking call. As at FirstPromoter, repeated sales and refunds are 409, a repeated signup is 422, and invalid
 * input is 400. A repeated cancellation, which isn't documented, is 200. For a customer that no affiliate referred, FirstPromoter
 * responds with 404, or 204 in v1. Here it is 200 without commissions, because the event is recorded and may still be credited if
 * a click arrives late.
 */
export function answerTracking(outcome: Outcome, request: SignedRequest): Answer {
  const parameters = readParametersLeniently(request);
  const { problem, status } = outcome;
  // A signup of the same lead with another time or referral is still a repeated one.
  const isRepeated = status === "duplicate" || problem?.code === "event_id_reused";
  if (isRepeated && request.path === "signup") {
    return answer(422, { transaction_id: "A signup of this lead already exists.", code: "duplicate" });
  }
  if (problem !== null) return refuse(problem);
  if (status === "duplicate" && request.path !== "cancellation") {
    const message = `The '${request.path}' event with the id '${textOf(parameters, "event_id")}' already exists.`;
    return answer(409, { message, code: "duplicate" });
  }
  // v2 kept v1's format for refunds and cancellations.
  const isOld = request.headers.has("x-api-key") || request.path === "refund" || request.path === "cancellation";
  const { conversion, attributed_to, reason } = outcome;
  const ours = { status, conversion, attributed_to, reason };
  return answer(200, { ...(isOld ? describeOld : describe)(outcome, request, parameters), ...ours });
}

/** The format of v2's signup and sale. It lists no commissions, because they are calculated later. */
function describe(outcome: Outcome, { path }: SignedRequest, parameters: Parameters) {
  const amount = amountOf(parameters);
  return {
    id: numberOf(outcome),
    etype: path,
    sale_amount: amount,
    original_sale_amount: amount,
    original_sale_currency: textOf(parameters, "currency"),
    event_id: textOf(parameters, "event_id"),
    plan_id: textOf(parameters, "plan"),
    billing_period: null,
    created_at: textOf(parameters, "created_at"),
    referral: personOf(outcome, parameters),
    commissions: [],
  };
}

/** The format of v1, and of v2's refund and cancellation. */
function describeOld(outcome: Outcome, { path }: SignedRequest, parameters: Parameters) {
  const amount = amountOf(parameters);
  return {
    id: numberOf(outcome),
    type: path,
    amount_cents: path === "refund" && amount !== null ? -Math.abs(amount) : amount,
    reward: null,
    lead: personOf(outcome, parameters),
    promoter: null,
  };
}

function personOf(outcome: Outcome, parameters: Parameters) {
  const [email, uid] = [textOf(parameters, "email"), textOf(parameters, "uid")];
  return { id: numberOf(outcome), email, uid };
}

/**
 * A positive integer made from the conversion's id, because clients expect one. Nothing can be looked up by it; our own id is in
 * `conversion`.
 */
function numberOf({ conversion }: Outcome): number {
  return conversion === null ? NO_NUMBER : Number.parseInt(conversion.slice(3, 10), 16) + 1;
}

function amountOf(parameters: Parameters): number | null {
  const text = textOf(parameters, "amount");
  return text === null ? null : Number(text);
}

function textOf(parameters: Parameters, name: string): string | null {
  const [value = null] = parameters.get(name) ?? [];
  return value === null || value === "" ? null : String(value);
}

/** FirstPromoter responds to invalid input with 400. */
function refuse({ status, code, message }: Problem): Answer {
  return answer(status === 422 ? 400 : status, { message, code });
}

function answer(status: number, body: Record<string, unknown>): Answer {
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  return { status, headers, body: JSON.stringify(body) };
}
