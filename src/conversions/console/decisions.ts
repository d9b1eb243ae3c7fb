/** The forms of decisions about the credit: what they are called, and the API's body of what was entered. */
import type { Asked } from "./describe-effect.ts";

export type DecisionKind = "credit" | "withdraw" | "dispute";

interface DecisionForm {
  title: string;
  /** The last segment of the API's path. */
  call: "credit" | "disputes";
  /** Of the button that makes the decision. */
  submit: string;
  /** The value of `?done=` afterwards. */
  done: string;
  fields: readonly string[];
  /** The form's defaults. */
  values: Readonly<Record<string, string>>;
}

export const DECISIONS: Readonly<Record<DecisionKind, DecisionForm>> = {
  credit: {
    ...{ title: "Move credit", call: "credit", submit: "Move credit", done: "credited" },
    fields: ["affiliate", "scope", "reason", "internal_note"],
    values: { scope: "conversion" },
  },
  withdraw: {
    ...{ title: "Withdraw credit", call: "credit", submit: "Withdraw credit", done: "withdrawn" },
    fields: ["scope", "reason", "internal_note"],
    values: { scope: "conversion" },
  },
  dispute: {
    ...{ title: "Settle a dispute", call: "disputes", submit: "Decide the dispute", done: "disputed" },
    fields: ["affiliate", "reason", "internal_note"],
    values: {},
  },
};

/** The API's body. Browsers send line breaks as CRLF. */
export function readDecision(kind: DecisionKind, values: Readonly<Record<string, string>>) {
  const { affiliate = "", scope = "", reason = "", internal_note = "" } = values;
  const note = internal_note.replaceAll("\r\n", "\n").trim();
  return {
    affiliate: kind === "withdraw" ? null : affiliate.trim(),
    ...(kind !== "dispute" && { scope }),
    reason,
    ...(note !== "" && { internal_note: note }),
  };
}

/** What a body asks for. A dispute is about all that is bound together. */
export function askedOf({ affiliate, scope }: ReturnType<typeof readDecision>): Asked {
  return { affiliate, scope: scope === "conversion" || scope === "future" ? scope : "all" };
}
