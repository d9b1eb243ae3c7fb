/** Which alerts are due: when an item stops being ok, gets worse, stays so for another day, and is ok again. */
import { MS_PER_DAY, MS_PER_MINUTE } from "../lib/time.ts";
import { isWorse, type Status, type StatusItem } from "./status.ts";

/** What is remembered of an item that is not ok, or was not when it was last reported. Times in ms. */
export interface ItemState {
  name: string;
  /** The worst it has been lately; an item that is ok again keeps it. */
  status: Exclude<Status, "ok">;
  since: number;
  /** Since when it has been ok again; null while it is not. */
  ok_since: number | null;
  /** When and as what it was last reported; null if it wasn't. */
  alerted_at: number | null;
  alerted_as: Exclude<Status, "ok"> | null;
}

/** An item to report. */
export interface Alert {
  kind: "new" | "worse" | "still" | "resolved";
  item: StatusItem;
  since: number;
}

/** The alerts, and what to remember: if they are sent, and if they can't be. */
export interface AlertDecision {
  alerts: Alert[];
  if_sent: ItemState[];
  if_unsent: ItemState[];
}

/** An item that stays bad is reported once a day. */
const REMIND_AFTER_MS = MS_PER_DAY;
/** An item that goes back and forth is one alert: it is resolved once it has been ok for two checks. */
const RESOLVED_AFTER_MS = 10 * MS_PER_MINUTE;

/** Decides by the items now and what is remembered. Items that no longer exist are forgotten. */
export function decideAlerts(items: readonly StatusItem[], states: readonly ItemState[], now: number): AlertDecision {
  const known = new Map(states.map((state) => [state.name, state]));
  const decision: AlertDecision = { alerts: [], if_sent: [], if_unsent: [] };
  for (const item of items) {
    const { alert, if_sent, if_unsent } = decideItem(item, known.get(item.name) ?? null, now);
    if (alert !== null) decision.alerts.push(alert);
    if (if_sent !== null) decision.if_sent.push(if_sent);
    if (if_unsent !== null) decision.if_unsent.push(if_unsent);
  }
  return decision;
}

interface ItemDecision {
  alert: Alert | null;
  if_sent: ItemState | null;
  if_unsent: ItemState | null;
}

function decideItem(item: StatusItem, state: ItemState | null, now: number): ItemDecision {
  if (item.status === "ok") return decideOk(item, state, now);
  const { name, status } = item;
  const bad: ItemState = {
    ...(state ?? { name, since: now, alerted_at: null, alerted_as: null }),
    status,
    ok_since: null,
  };
  const kind = kindOf(bad, now);
  if (kind === null) return { alert: null, if_sent: bad, if_unsent: bad };
  const told = { ...bad, alerted_at: now, alerted_as: status };
  return { alert: { kind, item, since: bad.since }, if_sent: told, if_unsent: bad };
}

function kindOf({ status, alerted_at, alerted_as }: ItemState, now: number): Alert["kind"] | null {
  if (alerted_at === null || alerted_as === null) return "new";
  if (isWorse(status, alerted_as)) return "worse";
  return now - alerted_at >= REMIND_AFTER_MS ? "still" : null;
}

/** An item that was never reported is forgotten at once. */
function decideOk(item: StatusItem, state: ItemState | null, now: number): ItemDecision {
  if (state === null || state.alerted_at === null) return { alert: null, if_sent: null, if_unsent: null };
  const recovering = { ...state, ok_since: state.ok_since ?? now };
  if (now - recovering.ok_since < RESOLVED_AFTER_MS) return { alert: null, if_sent: recovering, if_unsent: recovering };
  return { alert: { kind: "resolved", item, since: state.since }, if_sent: null, if_unsent: recovering };
}
