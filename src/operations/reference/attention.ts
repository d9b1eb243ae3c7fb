/** What waits for a program's merchant, for the reference. */
import type { Call } from "../../api/layout/reference/call.ts";
import { count, named, oneOf, orNull, text, wholeListOf } from "../../api/layout/reference/fields.ts";
import { ATTENTION_KINDS } from "../attention.ts";

/** One thing that waits for the merchant. */
export const attentionItem = named("AttentionItem", {
  kind: oneOf(ATTENTION_KINDS, "What it is about."),
  detail: text("A sentence.", "2 affiliates wait for approval."),
  count: count("How many there are.", 2),
  subject: orNull(
    text("The id of the payout run, endpoint or conversion. Null if there are several.", "ep_V1StGXR8Z5jdHi6BmyT7a"),
  ),
});

/** The call of `attention-api.ts`. */
export const attentionCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/attention",
    id: "listAttention",
    tag: "Operations",
    summary: "List what waits for you",
    text: "Endpoints that need a look, payouts that are due, payout runs to approve or pay, affiliates to approve, and the chargebacks and disputes of the last 30 days. The most urgent first.",
    answers: { 200: wholeListOf(attentionItem) },
    sample: {},
  },
];
