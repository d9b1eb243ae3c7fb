/** Dice that always fall the same way: the demo's variety without its chance. */
export interface Dice {
  /** A whole number from 0 to `sides - 1`. */
  roll: (sides: number) => number;
  /** True once in `times`, on average. */
  once: (times: number) => boolean;
  pick: <T>(choices: readonly T[]) => T;
  /** Random bytes in hex. */
  bytes: (count: number) => string;
}

/** Dice from a seed, by mulberry32. */
export function makeDice(seed: number): Dice {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const roll = (sides: number) => Math.floor(next() * sides);
  return {
    roll,
    once: (times) => roll(times) === 0,
    pick: (choices) => {
      const choice = choices[roll(choices.length)];
      if (choice === undefined) throw new Error("nothing to pick from");
      return choice;
    },
    bytes: (count) => Array.from({ length: count }, () => roll(256).toString(16).padStart(2, "0")).join(""),
  };
}
