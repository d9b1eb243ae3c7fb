/** A limit for each network, counted in this isolate's memory: the redirect waits for nothing, and no address is stored. */
import { MS_PER_MINUTE } from "../lib/time.ts";

/** How much a network may use. */
export interface NetworkQuota {
  /** At once. */
  burst: number;
  /** In the long run. */
  per_minute: number;
}

interface Use {
  left: number;
  /** When `left` was computed, ms. */
  at: number;
}

/** Networks that are remembered; the one that was first seen longest ago leaves first. */
const NETWORKS_MAX = 10_000;

/** Token buckets by network. Bounded. */
export class NetworkLimit {
  readonly #quota: NetworkQuota;
  readonly #uses = new Map<string, Use>();

  constructor(quota: NetworkQuota) {
    this.#quota = quota;
  }

  /** Counts one use of a network; false if it has none left, and then counts nothing. `now` is in ms. */
  take(network: string, now: number): boolean {
    const use = this.#uses.get(network);
    if (use === undefined) {
      this.#makeRoom();
      this.#uses.set(network, { left: this.#quota.burst - 1, at: now });
      return true;
    }
    this.#refill(use, now);
    if (use.left < 1) return false;
    use.left -= 1;
    return true;
  }

  /** Whether a network has none left. */
  isSpent(network: string, now: number): boolean {
    const use = this.#uses.get(network);
    if (use === undefined) return false;
    this.#refill(use, now);
    return use.left < 1;
  }

  #refill(use: Use, now: number): void {
    const { burst, per_minute } = this.#quota;
    const elapsed = Math.max(now - use.at, 0);
    use.left = Math.min(burst, use.left + (elapsed / MS_PER_MINUTE) * per_minute);
    use.at = Math.max(use.at, now);
  }

  #makeRoom(): void {
    if (this.#uses.size < NETWORKS_MAX) return;
    const oldest = this.#uses.keys().next().value;
    if (oldest !== undefined) this.#uses.delete(oldest);
  }
}
