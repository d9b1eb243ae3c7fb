/**
 * Runs a program's year through the decisions of `src/`, with maps in place of the objects' tables: each arrival becomes a fact,
 * the customer's facts are folded, changes go to the accounts, and they post entries. Some old states are sent again.
 */

import type { KnownSale } from "../../src/commissions/judge-tier.ts";
import { entryIdOf, type LedgerEntry, type UnchainedEntry } from "../../src/commissions/ledger.ts";
import { completeSale, postOverride } from "../../src/commissions/post-sale.ts";
import { isCommissionIn, netCommission, recordSale } from "../../src/commissions/record-sale.ts";
import type { AttributedSale, Conversion } from "../../src/customers/conversion.ts";
import { conversionKeyOf, type Fact, type OwnMark, type Touch } from "../../src/customers/fact.ts";
import { type DownstreamMessage, listChanges } from "../../src/customers/messages.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";
import type { ConversionEvent } from "../../src/webhooks/conversion-event.ts";
import { foldAll } from "../support/fold-all.ts";
import type { Random } from "../support/seeded-random.ts";
import type { YearAffiliate, YearCustomer, YearEvent, YearProgram, YearStory } from "./year-story.ts";

const PROGRAM_ID = 1;

/** An account's entries in posting order. */
export type PostedEntry = Omit<LedgerEntry, "hash">;

/** The ledgers by affiliate. */
export function playYear(story: YearStory, random: Random): PostedEntry[][] {
  const accounts = new Accounts(story);
  const customers = story.customers.map((customer) => new MemoryCustomer(customer, story));
  const told: AttributedSale[] = [];
  const tell = (sales: readonly AttributedSale[]) => {
    for (const sale of sales) {
      accounts.post(sale);
      told.push(sale);
      // At-least-once delivery: any message to an account may be repeated, even after a newer one.
      const again = told[random.below(told.length)];
      if (again !== undefined && random.oneIn(20)) accounts.post(again);
    }
  };
  for (const arrival of story.arrivals) {
    const customer = customers["event" in arrival ? arrival.event.customer : arrival.reconnected];
    if (customer === undefined) throw new Error("the customer does not exist");
    if ("event" in arrival) tell(customer.record(arrival.event, arrival.at));
    else tell(customer.reconnect());
  }
  return accounts.ledgers();
}

/** A Customer object without its tables: it folds all facts at each arrival. */
class MemoryCustomer {
  readonly #customer: YearCustomer;
  readonly #story: YearStory;
  readonly #facts = new Map<string, Fact>();
  readonly #records = new Map<string, string>();
  /** The last fold of each conversion. */
  readonly #folded = new Map<string, string>();
  readonly #touched = new Set<number>();
  #waiting: AttributedSale[] = [];

  constructor(customer: YearCustomer, story: YearStory) {
    this.#customer = customer;
    this.#story = story;
  }

  /** The messages to send to the accounts now. */
  record(event: YearEvent, at: number): AttributedSale[] {
    if (this.#facts.has(event.id)) return [];
    this.#facts.set(event.id, this.#makeFact(event, at));
    const { id } = this.#customer;
    const { versions } = this.#story.program;
    const termsOf = (version: number) => versions[version]?.terms as ProgramTerms;
    const holder = { program_id: PROGRAM_ID, customer_key: `${id}`, customer: `${id}` };
    const folded = foldAll([...this.#facts.values()], termsOf)
      .filter((conversion) => this.#isNew(conversion))
      .sort((a, b) => a.occurred_at - b.occurred_at || (a.id < b.id ? -1 : 1));
    const { records, messages } = listChanges(holder, (name) => this.#records.get(name) ?? null, folded, termsOf);
    for (const record of records) this.#records.set(record.id, JSON.stringify(record));
    const sales = messages.flatMap((message: DownstreamMessage) => (message.to === "account" ? [message.sale] : []));
    const { cut_off } = this.#customer;
    if (cut_off === null || at < cut_off.from || at >= cut_off.until) return sales;
    this.#waiting.push(...sales);
    return [];
  }

  /** Skips the comparison with stored data, which costs more than the fold. */
  #isNew(conversion: Conversion): boolean {
    const text = JSON.stringify(conversion);
    if (this.#folded.get(conversion.id) === text) return false;
    this.#folded.set(conversion.id, text);
    return true;
  }

  /** The waiting messages by payment, newest state first. */
  reconnect(): AttributedSale[] {
    const waiting = this.#waiting.sort((a, b) =>
      a.conversion === b.conversion ? b.revision - a.revision : a.conversion < b.conversion ? -1 : 1,
    );
    this.#waiting = [];
    return waiting;
  }

  #makeFact(event: YearEvent, at: number): Fact {
    const { program, affiliates } = this.#story;
    const told = eventOf(event);
    const touches = event.click === null ? [] : [touchOf(event.click)];
    for (const { affiliate_id } of touches) this.#touched.add(affiliate_id);
    const touched = [...this.#touched];
    const { is_affiliate } = this.#customer;
    return {
      id: `ep:${event.id}`,
      event: told,
      received_at: at,
      touches,
      fault: null,
      marks: [],
      standings: touched.flatMap((id) => standingsOf(affiliates, id, at)),
      own: touched.flatMap((affiliate_id): OwnMark[] => {
        if (is_affiliate === null) return [];
        if (affiliate_id === is_affiliate) return [{ affiliate_id, by: "email" }];
        return affiliates[affiliate_id]?.sponsor === is_affiliate ? [{ affiliate_id, by: "sponsor" }] : [];
      }),
      terms_version: program.versions.findLastIndex(({ from }) => from <= event.at),
      conversion_id: conversionKeyOf(`ep:${event.id}`, told),
    };
  }
}

function standingsOf(affiliates: readonly YearAffiliate[], affiliate_id: number, at: number) {
  const statuses = affiliates[affiliate_id]?.statuses ?? [];
  return statuses.filter(({ since }) => since <= at).map((status) => ({ affiliate_id, ...status }));
}

function touchOf({ id, affiliate, at }: NonNullable<YearEvent["click"]>): Touch {
  const name = `affiliate ${affiliate}`;
  const link = { link_id: affiliate, link: name, channel: null, coupon: null };
  return { click_id: id, source: "click", clicked_at: at, affiliate_id: affiliate, affiliate: name, ...link };
}

function eventOf(event: YearEvent): ConversionEvent {
  const { id, kind: type, at: occurred_at, payment, refund, amount, currency, product, country, platform } = event;
  return {
    program_id: PROGRAM_ID,
    endpoint: "ep",
    namespace: "",
    test: false,
    id,
    type,
    occurred_at,
    customer: { id: `${event.customer}`, email_hash: null },
    click: null,
    coupon: null,
    payment,
    refund,
    amount,
    gross: null,
    currency,
    product,
    subscription:
      event.subscription === null
        ? null
        : {
            id: event.subscription,
            interval: event.interval,
            ...(event.replaces !== null && { replaces: event.replaces }),
          },
    country,
    platform,
  };
}

/** The Account objects of a program without their tables. */
class Accounts {
  readonly #affiliates: readonly YearAffiliate[];
  readonly #accounts: MemoryAccount[];

  constructor({ affiliates }: { program: YearProgram; affiliates: readonly YearAffiliate[] }) {
    this.#affiliates = affiliates;
    this.#accounts = affiliates.map(() => new MemoryAccount());
  }

  post(told: AttributedSale): void {
    const sponsor_id = this.#affiliates[told.affiliate_id]?.sponsor ?? null;
    const is_for_sponsor = this.#accounts[told.affiliate_id]?.post(told, sponsor_id);
    if (sponsor_id === null || !is_for_sponsor) return;
    const { statuses = [] } = this.#affiliates[sponsor_id] ?? {};
    const approved = statuses.findLast(({ since }) => since <= told.occurred_at)?.approved ?? false;
    this.#accounts[sponsor_id]?.postOverride(told, sponsor_id, approved);
  }

  ledgers(): PostedEntry[][] {
    return this.#accounts.map(({ entries }) => entries);
  }
}

class MemoryAccount {
  readonly entries: UnchainedEntry[] = [];
  readonly #byConversion = new Map<string, UnchainedEntry[]>();
  readonly #sales = new Map<string, { revision: number; known: KnownSale }>();
  readonly #overrides = new Map<string, number>();
  readonly #bonuses = new Map<string, UnchainedEntry[]>();
  #commission = 0;

  /** Records a sale as the object does; returns whether the sponsor needs it too. */
  post(told: AttributedSale, sponsor_id: number | null): boolean {
    const sale = completeSale(told);
    const found = this.#sales.get(sale.conversion);
    if (found !== undefined && sale.revision <= found.revision) return false;
    const state = {
      program_currency: "USD",
      sponsor_id,
      before: found?.known ?? null,
      entries: this.#byConversion.get(sale.conversion) ?? [],
      sales: () => [...this.#sales.values()].map(({ known }) => known),
      commission: () => this.#commission,
      commissions: () => this.entries.filter((entry) => isCommissionIn(entry, "USD")),
      bonuses: (mark: string) => this.#bonuses.get(mark) ?? [],
    };
    const { known, posted, bonuses, notify_sponsor } = recordSale(state, sale, this.#numbering(sale));
    this.#add(posted);
    for (const { mark, entries } of bonuses) {
      this.#add(entries);
      this.#bonuses.set(mark, [...state.bonuses(mark), ...entries]);
    }
    this.#sales.set(sale.conversion, { revision: sale.revision, known });
    return notify_sponsor;
  }

  postOverride(sale: AttributedSale, sponsor_id: number, approved: boolean): void {
    const name = `${sale.affiliate_id} ${sale.conversion}`;
    if (sale.revision <= (this.#overrides.get(name) ?? 0)) return;
    this.#overrides.set(name, sale.revision);
    const entries = this.#byConversion.get(sale.conversion) ?? [];
    const next = this.#numbering({ program_id: sale.program_id, affiliate_id: sponsor_id });
    this.#add(postOverride({ sale, sponsor_id }, { entries, approved, next }));
  }

  #numbering(account: { program_id: number; affiliate_id: number }) {
    let number = this.entries.length;
    return () => {
      number += 1;
      return { number, id: entryIdOf(account, number) };
    };
  }

  #add(posted: readonly UnchainedEntry[]): void {
    this.entries.push(...posted);
    this.#commission += netCommission(posted, "USD");
    for (const entry of posted) {
      if (entry.conversion === null) continue;
      this.#byConversion.set(entry.conversion, [...(this.#byConversion.get(entry.conversion) ?? []), entry]);
    }
  }
}
