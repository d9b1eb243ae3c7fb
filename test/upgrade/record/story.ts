/** Building blocks of the recorded story. */
import { saleOf, takeBackOf } from "../events.ts";
import type { LeftBehind } from "../fixture.ts";
import { type Landing, newVisitor, type Player, readAnswer, type Visitor } from "../player.ts";
import type { SetUp } from "./set-up.ts";

/** The data of the fixture so far. */
export type Kept = Omit<LeftBehind, "sessions" | "sign_in_token" | "unsubscribe_url" | "clicks">;

type EndpointName = keyof Kept["endpoints"];

/** Plays the story, and keeps the fixture's data. */
export class Story {
  readonly player: Player;
  readonly kept: Kept;

  constructor(player: Player, setUp: SetUp) {
    this.player = player;
    this.kept = { ...setUp, tokens: {}, visitors: {}, events: {}, conversions: {}, runs: {} };
  }

  /** A visitor's click token. */
  token(visitor: string): string {
    const token = this.kept.tokens[visitor];
    if (token === undefined) throw new Error(`${visitor} has not clicked`);
    return token;
  }

  /** A generic event that must get the expected response. It happens when it is sent by default. */
  async event(
    at: string,
    id: string,
    event: Record<string, unknown>,
    { endpoint = "orbit", status = "recorded" }: { endpoint?: EndpointName; status?: string } = {},
  ): Promise<void> {
    const told = { occurred_at: `${at.replace(" ", "T")}:00Z`, ...event };
    const { body } = await this.player.event(at, this.kept.endpoints[endpoint], id, told);
    if (body.status !== status) throw new Error(`${id}: ${JSON.stringify(body)}`);
    this.kept.events[id] = told;
    if (body.conversion) this.kept.conversions[id] = body.conversion;
  }

  /** A click that is delivered at once. Keeps the visitor's token and browser. */
  async click(at: string, visitor: string, link: string, changes: Partial<Visitor> = {}): Promise<Landing> {
    this.kept.visitors[visitor] ??= newVisitor(Object.keys(this.kept.visitors).length + 1, changes);
    const landing = await this.player.visit(at, this.kept.visitors[visitor], link);
    if (landing.token !== "") this.kept.tokens[visitor] = landing.token;
    await this.player.flush(at);
    return landing;
  }

  /** A sale of the first program, in US dollars by default. */
  sale(at: string, id: string, customer: string, amount: number, fields: Record<string, unknown> = {}) {
    return this.event(at, id, saleOf(id, customer, amount, fields));
  }

  /** A sale of the second program, in euros by default. */
  hatchSale(at: string, id: string, customer: string, amount: number, fields: Record<string, unknown> = {}) {
    return this.event(at, id, saleOf(id, customer, amount, { currency: "EUR", ...fields }), { endpoint: "hatch" });
  }

  /** A postback that must get the expected response. */
  async postback(at: string, fields: Record<string, string>, status = "recorded"): Promise<void> {
    const { id, secret } = this.kept.endpoints.postback;
    const query = new URLSearchParams({ endpoint: id, key: secret, currency: "USD", ...fields });
    const { body } = await readAnswer(await this.player.send(at, `/v1/postback?${query}`));
    if (body.status !== status) throw new Error(`${query}: ${JSON.stringify(body)}`);
  }

  /** Reverses or restores a part of a sale: `refund`, `chargeback`, `chargeback_won`. */
  takeBack(at: string, id: string, type: string, of: string, amount: number, refund: string) {
    return this.event(at, id, { type, ...takeBackOf(this.kept.events[of], amount), refund });
  }
}
