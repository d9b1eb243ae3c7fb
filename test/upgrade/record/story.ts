/** What the recorded story is told with. */
import { saleOf, takeBackOf } from "../events.ts";
import type { LeftBehind } from "../fixture.ts";
import { type Landing, newVisitor, type Player, readAnswer, type Visitor } from "../player.ts";
import type { SetUp } from "./set-up.ts";

/** What the story has left so far. */
export type Kept = Omit<LeftBehind, "sessions" | "sign_in_token" | "unsubscribe_url" | "clicks">;

type EndpointName = keyof Kept["endpoints"];

/** Plays the story, and keeps what it leaves. */
export class Story {
  readonly player: Player;
  readonly kept: Kept;

  constructor(player: Player, setUp: SetUp) {
    this.player = player;
    this.kept = { ...setUp, tokens: {}, visitors: {}, events: {}, conversions: {}, runs: {} };
  }

  /** The click token that a visitor has. */
  token(visitor: string): string {
    const token = this.kept.tokens[visitor];
    if (token === undefined) throw new Error(`${visitor} has not clicked`);
    return token;
  }

  /** A generic event, which must be answered as expected. It happens when it is sent, unless it says otherwise. */
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

  /** A click that is delivered at once. The visitor's token and browser are kept. */
  async click(at: string, visitor: string, link: string, changes: Partial<Visitor> = {}): Promise<Landing> {
    this.kept.visitors[visitor] ??= newVisitor(Object.keys(this.kept.visitors).length + 1, changes);
    const landing = await this.player.visit(at, this.kept.visitors[visitor], link);
    if (landing.token !== "") this.kept.tokens[visitor] = landing.token;
    await this.player.flush(at);
    return landing;
  }

  /** A sale of the first program in US dollars, unless it says otherwise. */
  sale(at: string, id: string, customer: string, amount: number, fields: Record<string, unknown> = {}) {
    return this.event(at, id, saleOf(id, customer, amount, fields));
  }

  /** A sale of the second program in euros, unless it says otherwise. */
  hatchSale(at: string, id: string, customer: string, amount: number, fields: Record<string, unknown> = {}) {
    return this.event(at, id, saleOf(id, customer, amount, { currency: "EUR", ...fields }), { endpoint: "hatch" });
  }

  /** A postback, which must be answered as expected. */
  async postback(at: string, fields: Record<string, string>, status = "recorded"): Promise<void> {
    const { id, secret } = this.kept.endpoints.postback;
    const query = new URLSearchParams({ endpoint: id, key: secret, currency: "USD", ...fields });
    const { body } = await readAnswer(await this.player.send(at, `/v1/postback?${query}`));
    if (body.status !== status) throw new Error(`${query}: ${JSON.stringify(body)}`);
  }

  /** Takes back a part of a sale: `refund`, `chargeback`, `chargeback_won`. */
  takeBack(at: string, id: string, type: string, of: string, amount: number, refund: string) {
    return this.event(at, id, { type, ...takeBackOf(this.kept.events[of], amount), refund });
  }
}
