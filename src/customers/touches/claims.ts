/** Claims of shopping agents are write-once: a later one can't take over a payment. */
import type { Fact } from "../fact.ts";

/**
 * The fact without its claim where an earlier event of the same payment made another one. `known` are the payment's facts so
 * far: as the Agentic Commerce Protocol says, the first claim that was recorded stays.
 */
export function withoutLaterClaim(fact: Fact, known: readonly Fact[]): Fact {
  const { is_claim, click } = fact.event;
  const isTaken = known.some(({ event }) => event.is_claim === true && event.click !== click);
  if (is_claim !== true || !isTaken) return fact;
  return {
    ...fact,
    event: { ...fact.event, click: null },
    touches: fact.touches.filter(({ source }) => source !== "click"),
    fault: null,
  };
}
