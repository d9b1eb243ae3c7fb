import { DurableObject } from "cloudflare:workers";
import { type Database, openDatabase } from "../db/database.ts";
import { Outbox } from "../db/outbox.ts";
import { type Env, readSettings } from "../env.ts";
import { loadTerms } from "../programs/load-terms.ts";
import { importTokenKeys } from "../redirect/signed-text.ts";
import { hashText } from "../vault.ts";
import type { ConversionEvent, Receipt } from "../webhooks/conversion-event.ts";
import { type CustomerMessage, listChanges } from "./changes.ts";
import type { ConversionRecord } from "./conversion.ts";
import { conversionKeyOf, type Fact } from "./fact.ts";
import { foldFacts } from "./fold.ts";
import { loadStandings, weighToken } from "./look-up.ts";
import { CustomerStore } from "./store.ts";

/**
 * One customer of one programme: every fact received, and from them who gets the credit for each payment and why. Facts,
 * decisions and outbox change in one transaction. The wiring says where messages go.
 */
export abstract class CustomerObject extends DurableObject<Env> {
  readonly #store: CustomerStore;
  readonly #outbox: Outbox<CustomerMessage>;
  readonly #db: Database;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new CustomerStore(ctx.storage.sql);
    this.#outbox = new Outbox(ctx.storage, (message) => this.deliver(message));
    this.#db = openDatabase(env.DB);
    ctx.blockConcurrencyWhile(() => this.#outbox.rearm(Date.now()));
  }

  /** Hands one message to its receiver, for whom twice is once; throws where it was not taken. */
  protected abstract deliver(message: CustomerMessage): Promise<void>;

  /**
   * Records an event received at a time (ms); resolves once it is durable. Throws, having changed nothing, where D1 is
   * away and the event is new.
   */
  async record(event: ConversionEvent, receivedAt: number): Promise<Receipt> {
    const id = `${event.endpoint}:${event.id}`;
    const known = this.#answerKnown(id);
    if (known !== null) return known;
    const fact = await this.#lookUp(id, event, receivedAt);
    const customer = await hashTo128Bits(this.#name);
    const receipt = this.ctx.storage.transactionSync(() => this.#answerKnown(id) ?? this.#add(fact, customer));
    if (this.#outbox.size > 0) await this.ctx.storage.setAlarm(Date.now());
    await this.ctx.storage.sync();
    return receipt;
  }

  override async alarm(): Promise<void> {
    await this.#outbox.relay(Date.now);
  }

  /** The answer to an event whose id is known already, null for a new one. The door has compared the bodies. */
  #answerKnown(id: string): Receipt | null {
    const fact = this.#store.findFact(id);
    return fact === null ? null : receiptFor("duplicate", fact, this.#store.listConversions());
  }

  /** Everything about an event that must be asked for: once, before the transaction, and kept with the fact. */
  async #lookUp(id: string, event: ConversionEvent, receivedAt: number): Promise<Fact> {
    const { program_id, click } = event;
    const at = Math.min(event.occurred_at, receivedAt);
    const keys = importTokenKeys(readSettings(this.env).token_keys);
    const evidence = click === null ? null : await weighToken(this.#db, keys, program_id, click);
    const touched = new Set(
      [...this.#store.listFacts().map((fact) => fact.evidence), evidence].flatMap((found) =>
        found?.kind === "touch" ? [found.touch.affiliate_id] : [],
      ),
    );
    const { version, terms } = await loadTerms(this.#db, program_id, at);
    this.#store.keepTerms(version, terms);
    return {
      id,
      event,
      received_at: receivedAt,
      evidence,
      standings: await loadStandings(this.#db, program_id, [...touched]),
      terms_version: version,
      conversion_id: await this.#makeConversionId(id, event),
    };
  }

  /**
   * `cv_` and 128 bits of a hash: the same payment of the same customer always has the same id. The customer is the
   * object's own name, since an event that was found by its payment may not tell whose it is.
   */
  async #makeConversionId(factId: string, event: ConversionEvent): Promise<string | null> {
    const key = conversionKeyOf(factId, event);
    return key === null ? null : `cv_${await hashTo128Bits(`${this.#name}\n${key}`)}`;
  }

  get #name(): string {
    const { name } = this.ctx.id;
    if (name === undefined) throw new Error("a Customer object is reached by its name");
    return name;
  }

  #add(fact: Fact, customer: string): Receipt {
    const stored = this.#store.listConversions();
    const sale = knownSale(fact, stored);
    const { amount, currency } = fact.event;
    if (sale !== null && (sale.amount !== amount || sale.currency !== currency)) {
      return receiptFor("conflict", fact, stored);
    }
    this.#store.addFact(fact);
    const termsOf = (version: number) => this.#store.findTerms(version);
    const folded = foldFacts(this.#store.listFacts(), termsOf);
    const { records, messages } = listChanges({ program_id: fact.event.program_id, customer }, stored, folded, termsOf);
    for (const record of records) {
      this.#store.putConversion(record);
      stored.set(record.id, record);
    }
    this.#outbox.put(messages);
    // The same payment by another event may still tell of a click, and so change who is credited.
    return receiptFor(sale !== null && records.length === 0 ? "duplicate" : "recorded", fact, stored);
  }
}

/** The first 128 bits of the SHA-256, in hex. */
async function hashTo128Bits(text: string): Promise<string> {
  return (await hashText(text)).slice(0, 32);
}

/** The sale that a sale's event tells of again, null where it is new. */
function knownSale(fact: Fact, stored: ReadonlyMap<string, ConversionRecord>): ConversionRecord | null {
  const record = fact.event.type === "sale" ? stored.get(fact.conversion_id ?? "") : undefined;
  return record === undefined || record.status === "waiting" ? null : record;
}

function receiptFor(
  status: Receipt["status"],
  fact: Fact,
  conversions: ReadonlyMap<string, ConversionRecord>,
): Receipt {
  const makesNone = fact.conversion_id === null || fact.event.type === "touch";
  const record = makesNone ? undefined : conversions.get(fact.conversion_id ?? "");
  if (record === undefined) return { status, conversion: null, attributed_to: null, reason: fact.event.type };
  const { touch, reason } = record.credit;
  return { status, conversion: record.id, attributed_to: touch?.affiliate ?? null, reason };
}
