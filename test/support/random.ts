/**
 * fast-check with the seed of this run. `npm test` always draws the same cases, and fewer of those that take long;
 * `npm run test:deep` draws new ones, and all of them. `SEED` repeats a run.
 */
import fc from "fast-check";
import { inject } from "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Whether random tests run at full size. */
    deep: boolean;
    seed: number;
  }
}

/** The seed of all random cases of the run. */
export const seed = inject("seed");

/** Whether this is `npm run test:deep`. */
export const isDeep = inject("deep");

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });

/** The number of cases to draw: `deep` in `npm run test:deep`, `quick` in `npm test`. */
export function runs({ deep, quick }: { deep: number; quick: number }): number {
  return isDeep ? deep : quick;
}

export { fc };
