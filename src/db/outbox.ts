/**
 * A Durable Object's outbox: messages are written in the transaction that changes the object's state, and relayed by its alarm,
 * at least once, to idempotent receivers. A message that fails doesn't block the others.
 */
import { logError } from "../lib/platform/log.ts";

const RELAY_BATCH = 50;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 300_000;

/** `deliver` sends one message; `isLast` says that no other message is left. */
export class Outbox<Message> {
  readonly #storage: DurableObjectStorage;
  readonly #deliver: (message: Message, isLast: boolean) => Promise<void>;

  constructor(storage: DurableObjectStorage, deliver: (message: Message, isLast: boolean) => Promise<void>) {
    this.#storage = storage;
    this.#deliver = deliver;
    storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0)",
    );
  }

  /** Adds messages; call it inside the transaction that they report. */
  put(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#storage.sql.exec("INSERT INTO outbox (message) VALUES (?)", JSON.stringify(message));
    }
  }

  /** The number of undelivered messages. */
  get size(): number {
    return this.#storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one().n;
  }

  /** Whether all messages are delivered, at constant cost. */
  get isEmpty(): boolean {
    return this.#countUpTo(1) === 0;
  }

  /** Sets the alarm if there are messages. Called by the constructor, in case an alarm was lost. */
  async rearm(now: number): Promise<void> {
    if (!this.isEmpty && (await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(now);
  }

  /**
   * Handles the alarm: delivers messages, and sets the alarm again for the rest. Never throws, because the runtime drops an
   * alarm after several errors. It sets the alarm last and in the future, because an earlier alarm would replace a retry.
   */
  async relay(now: () => number): Promise<void> {
    const untried = this.#read("WHERE attempts = 0 ORDER BY number LIMIT ?", RELAY_BATCH);
    const rows = [
      ...untried,
      ...this.#read("WHERE attempts > 0 ORDER BY attempts, number LIMIT ?", RELAY_BATCH - untried.length),
    ];
    let soonest = RETRY_MAX_MS;
    for (const { number, message, attempts } of rows) {
      try {
        await this.#deliver(JSON.parse(message), this.#countUpTo(2) === 1);
        this.#storage.sql.exec("DELETE FROM outbox WHERE number = ?", number);
      } catch (error) {
        logError("outbox_message_not_delivered", { number, attempts, error });
        this.#storage.sql.exec("UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", number);
        soonest = Math.min(soonest, RETRY_FIRST_MS * 2 ** attempts);
      }
    }
    // Messages that arrived in the meantime don't wait for those that failed.
    if (!this.isEmpty) await this.#storage.setAlarm(now() + (this.#hasUntried() ? 1 : soonest));
  }

  #hasUntried(): boolean {
    return this.#storage.sql.exec("SELECT 1 FROM outbox WHERE attempts = 0 LIMIT 1").toArray().length > 0;
  }

  /** Counts messages up to a limit. */
  #countUpTo(limit: number): number {
    return this.#storage.sql.exec("SELECT 1 FROM outbox LIMIT ?", limit).toArray().length;
  }

  #read(where: string, limit: number) {
    return this.#storage.sql
      .exec<{ number: number; message: string; attempts: number }>(
        `SELECT number, message, attempts FROM outbox ${where}`,
        limit,
      )
      .toArray();
  }
}
