/**
 * A Durable Object's outbox: messages written in the transaction that changes the object's state, relayed by its alarm,
 * at least once, to receivers for whom twice is once. A message that fails does not hold up the others.
 */
const RELAY_BATCH = 50;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 300_000;

/** How the object keeps its word: the storage, and how one message is delivered; `isLast` where there is no other one left. */
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

  /** Adds messages; call it inside the transaction that they tell of. */
  put(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#storage.sql.exec("INSERT INTO outbox (message) VALUES (?)", JSON.stringify(message));
    }
  }

  /** Messages not yet delivered. */
  get size(): number {
    return this.#storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM outbox").one().n;
  }

  /** Whether all has been delivered; the same cost however much has not. */
  get isEmpty(): boolean {
    return this.#atMost(1) === 0;
  }

  /** Arms the alarm if there is something to deliver; for the constructor, should an alarm have been lost. */
  async rearm(now: number): Promise<void> {
    if (!this.isEmpty && (await this.#storage.getAlarm()) === null) await this.#storage.setAlarm(now);
  }

  /**
   * The alarm: delivers what is there, and arms itself again for what is left. It never throws, because the runtime gives
   * an alarm up after a few throws; it arms last and later than now, because an early re-arm would replace a retry.
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
        await this.#deliver(JSON.parse(message), this.#atMost(2) === 1);
        this.#storage.sql.exec("DELETE FROM outbox WHERE number = ?", number);
      } catch (error) {
        console.error("outbox message not delivered", number, attempts, error);
        this.#storage.sql.exec("UPDATE outbox SET attempts = attempts + 1 WHERE number = ?", number);
        soonest = Math.min(soonest, RETRY_FIRST_MS * 2 ** attempts);
      }
    }
    // What came in while others were being delivered does not wait for those that failed.
    if (!this.isEmpty) await this.#storage.setAlarm(now() + (this.#hasUntried() ? 1 : soonest));
  }

  #hasUntried(): boolean {
    return this.#storage.sql.exec("SELECT 1 FROM outbox WHERE attempts = 0 LIMIT 1").toArray().length > 0;
  }

  /** How many messages there are, counted up to a limit. */
  #atMost(limit: number): number {
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
