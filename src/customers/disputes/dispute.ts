/** The command to credit another affiliate, and the event it is stored as. */
import type { ConversionEvent } from "../../webhooks/conversion-event.ts";
import { type CreditCommand, commandEventOf } from "../decisions/command-event.ts";
import type { CreditPreview } from "../decisions/credit-preview.ts";
import type { Fact } from "../fact.ts";
import type { DisputeRefusal } from "./ruling.ts";

/** An admin's decision to credit another affiliate. */
export interface Dispute extends CreditCommand {
  /** The affiliate's username. */
  affiliate: string;
  reason: string;
  /** Left out for none, and by the previous release. */
  internal_note?: string;
}

/** The result of a dispute. */
export type DisputeResult =
  | { ok: true; changed: number }
  | { ok: false; error: DisputeRefusal | "conversion_unknown" | "dispute_reused" };

/** What a dispute would change, or why it would be refused. */
export type PreviewedDispute =
  | ({ ok: true } & CreditPreview)
  | { ok: false; error: DisputeRefusal | "conversion_unknown" };

/** Creates the event for a dispute about an existing event. */
export function rulingOf(dispute: Dispute, disputed: ConversionEvent, scope: string): ConversionEvent {
  const { affiliate, reason, internal_note } = dispute;
  const named = { affiliate, reason, scope, ...(internal_note !== undefined && { internal_note }) };
  return { ...commandEventOf(dispute, "dispute", disputed), named };
}

/** Whether a dispute fact repeats this command. Notes aren't compared, because an erasure removes them. */
export function isSameDispute({ event: { named } }: Pick<Fact, "event">, { affiliate, reason }: Dispute): boolean {
  return named?.affiliate === affiliate && named.reason === reason;
}
