/** Answers in the shape of FirstPromoter's tracking API, as its API reference v2 and v1 document them. */
import type { Problem } from "../../../lib/problem.ts";
import type { Answer, Outcome, SignedRequest } from "../../provider.ts";
import { type Parameters, readParametersLeniently } from "../../reading/read-parameters.ts";

/** Of what makes no conversion. */
const NO_NUMBER = 1;

/**
 * The answer to a tracking call. Repeated sales and refunds are 409 and a repeated signup is 422, as there; a repeated
 * cancellation, of which nothing is documented, is 200. Input that cannot be read is 400. What FirstPromoter answers with 404,
 * or 204 in v1, since nobody referred the customer, is 200 with no commissions: it is recorded all the same, and a click that
 * comes later may still claim it.
 */
export function answerTracking(outcome: Outcome, request: SignedRequest): Answer {
  const parameters = readParametersLeniently(request);
  const { problem, status } = outcome;
  if (problem !== null) return refuse(problem);
  if (status === "duplicate" && request.path === "signup") {
    return answer(422, { transaction_id: "There is already a signup of this lead.", code: "duplicate" });
  }
  if (status === "duplicate" && request.path !== "cancellation") {
    const message = `The '${request.path}' event with the id '${textOf(parameters, "event_id")}' already exists.`;
    return answer(409, { message, code: "duplicate" });
  }
  // v2 kept v1's shape for these two.
  const isOld = request.headers.has("x-api-key") || request.path === "refund" || request.path === "cancellation";
  const { conversion, attributed_to, reason } = outcome;
  const ours = { status, conversion, attributed_to, reason };
  return answer(200, { ...(isOld ? describeOld : describe)(outcome, request, parameters), ...ours });
}

/** As in v2's signup and sale. Commissions are made later, and by the program's terms: none is told here. */
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

/** As in v1, and in v2's refund and cancellation. */
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
 * A positive integer out of the conversion's name, since clients are built for one and some look whether it is there. Nothing
 * can be looked up by it: our own name is `conversion`.
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

/** Faults of the input are 400 there. */
function refuse({ status, code, message }: Problem): Answer {
  return answer(status === 422 ? 400 : status, { message, code });
}

function answer(status: number, body: Record<string, unknown>): Answer {
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  return { status, headers, body: JSON.stringify(body) };
}
