import type { Position } from "./fact.ts";
import { beforeAnyFact, type FoldState } from "./fold.ts";

/** The fold's state after `folded` facts, so that it can be resumed after the position. */
export interface Checkpoint {
  position: Position;
  folded: number;
  state: FoldState;
}

/** The checkpoint before any fact. */
export const NO_CHECKPOINT: Checkpoint = {
  position: { at: Number.MIN_SAFE_INTEGER, id: "" },
  folded: 0,
  state: beforeAnyFact,
};
