/** Changes of enrollments in the console: what each means, and the row of the API's bulk call. */

import { Problem } from "../../lib/problem.ts";

/** A change that a form can choose. */
export const ACTIONS = ["approve", "reject", "suspend", "ban", "move"] as const;
export type Action = (typeof ACTIONS)[number];

/** A change as it was entered. */
export interface EnteredChange {
  action: Action;
  group: string;
  reason: string;
  /** The merchant's word that the affiliates are customers. */
  is_customer: boolean;
}

/** Reads a change from a form's fields. Null if no change was chosen. */
export function readChange(fields: Readonly<Record<string, string | undefined>>): EnteredChange | null {
  const action = ACTIONS.find((one) => one === fields.action);
  if (action === undefined) return null;
  const { group = "", reason = "", is_customer } = fields;
  return { action, group, reason: reason.trim(), is_customer: is_customer === "on" };
}

/** The fields of the API that a change sets. */
export function toFields({ action, group, reason, is_customer }: EnteredChange) {
  const why = reason === "" ? {} : { reason };
  switch (action) {
    case "approve":
      return { status: "approved", ...why, ...(is_customer && { is_customer }) };
    case "reject":
      return { status: "rejected", ...why };
    case "suspend":
      return { status: "suspended", ...why };
    case "ban":
      return { status: "banned", ...why };
    case "move":
      return { group };
  }
}

/** What a change is called on buttons, and what it does. */
export const EFFECTS: Record<Action, { verb: string; past: string; effect: string; undo: string }> = {
  approve: {
    verb: "Approve",
    past: "Approved",
    effect: "New sales are credited from now on, and payouts are made.",
    undo: "You can suspend an affiliate at any time. What was earned until then stays.",
  },
  reject: {
    verb: "Reject",
    past: "Rejected",
    effect: "Links keep working, but new sales earn nothing and no payout is made.",
    undo: "You can approve them later. Sales in between stay without commission.",
  },
  suspend: {
    verb: "Suspend",
    past: "Suspended",
    effect: "Links keep working, but new sales earn nothing and payouts stop. What is due stays due.",
    undo: "You can approve them again. Sales in between stay without commission.",
  },
  ban: {
    verb: "Ban",
    past: "Banned",
    effect: "New sales earn nothing, payouts stop, and the affiliate can’t apply again. What is due stays due.",
    undo: "You can approve them again. Sales in between stay without commission.",
  },
  move: {
    verb: "Move",
    past: "Moved",
    effect: "Rates of the group apply to sales from now on. Earlier sales keep theirs.",
    undo: "You can move them back. Sales in between keep the rates of the new group.",
  },
};

const NOT_CUSTOMER =
  "The program is open to customers only, and this affiliate has paid for nothing with this email address. If they are a customer under another one, confirm it where you approve them.";

/** A refusal in the words of the console, where the API's names its fields. */
export function explainRefusal({ code, detail }: { code: string; detail: string }): string {
  return code === "affiliate_not_customer" ? NOT_CUSTOMER : detail;
}

/** The same, of a call. */
export function sayRefusal({ status, code, message, field, errors }: Problem): Problem {
  return new Problem(status, code, explainRefusal({ code, detail: message }), field, errors);
}
