/** Seeded random numbers: the same seed gives the same sequence, so that tests and the demo can be repeated. */

/** A random number generator. */
export interface Random {
  /** A whole number from 0 to `max - 1`. */
  below: (max: number) => number;
  /** True once in `n` times, on average. */
  oneIn: (n: number) => boolean;
  pick: <T>(choices: readonly T[]) => T;
  /** Random bytes in hex. */
  hex: (bytes: number) => string;
}

/** Creates a generator from a seed, by mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (max: number) => Math.floor(next() * max);
  return {
    below,
    oneIn: (n) => below(n) === 0,
    pick: (choices) => {
      const choice = choices[below(choices.length)];
      if (choice === undefined) throw new Error("There is nothing to pick from.");
      return choice;
    },
    hex: (bytes) => Array.from({ length: bytes }, () => below(256).toString(16).padStart(2, "0")).join(""),
  };
}
