import type { Position } from "./fact.ts";
import { beforeAnyFact, type FoldState } from "./fold.ts";

/** Where a fold has been, to go on from: the state after so many folded facts, the last of which stands at the position. */
export interface Checkpoint {
  position: Position;
  folded: number;
  state: FoldState;
}

/** Before any fact. */
export const NO_CHECKPOINT: Checkpoint = {
  position: { at: Number.MIN_SAFE_INTEGER, id: "" },
  folded: 0,
  state: beforeAnyFact,
};
