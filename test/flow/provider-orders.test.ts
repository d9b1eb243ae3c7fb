/** The events of one payment of every provider, each sent twice, in many orders: always the same sale, to the cent. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { providers } from "../../src/webhooks/providers.ts";
import { listDeliveries } from "../support/deliveries.ts";
import { isDeep, runs, seed } from "../support/random.ts";
import { runMinute } from "../support/run-cron.ts";
import { createRandom, type Random } from "../support/seeded-random.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, eventually, send, setUp } from "../support/story.ts";
import { mockProviders, openEndpoint, serve } from "./provider-endpoint.ts";
import { PROVIDER_SALES, type ProviderSale } from "./provider-requests.ts";
import { PROVIDER_STORIES, WITHOUT_STORY } from "./provider-stories.ts";
import { FIXTURE_CLICK, type ProviderStory } from "./stories/story.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const MAX_ORDERS = 24;
/** Of further stories of a provider, which only the deep run plays. */
const MAX_ORDERS_OF_VARIANT = 6;
/** Programs that receive their events at the same time. */
const MAX_AT_ONCE = 6;

beforeEach(mockProviders);
afterEach(() => {
  vi.restoreAllMocks();
});

test("every provider has a story, or a reason why it has none", () => {
  const named = [...new Set(PROVIDER_STORIES.map(({ source }) => source)), ...Object.keys(WITHOUT_STORY)];
  expect(named.sort()).toEqual([...providers.keys()].sort());
});

function shuffle<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random.below(left.length), 1));
}

function permute<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) => permute(items.filter((other) => other !== item)).map((rest) => [item, ...rest]));
}

/** All orders if there are at most 24, otherwise 24 of them. In the quick run the reverse order and one other. */
function drawOrders({ events, variant }: ProviderStory, random: Random): string[][] {
  const [first, ...others] = permute(Object.keys(events));
  const reverse = others.pop();
  if (first === undefined || reverse === undefined) throw new Error("a story has at least two events");
  const count = runs({ deep: variant === undefined ? MAX_ORDERS : MAX_ORDERS_OF_VARIANT, quick: 2 });
  return [reverse, ...shuffle(isDeep ? [first, ...others] : others, random).slice(0, count - 1)];
}

/** Each event twice: in a row, or in the deep run every other time with the copies at any later place. */
function repeat(order: readonly string[], isSpread: boolean, random: Random): string[] {
  if (!isSpread) return order.flatMap((name) => [name, name]);
  const sent = [...order];
  for (const name of shuffle(order, random)) {
    const next = sent.indexOf(name) + 1;
    sent.splice(next + random.below(sent.length - next + 1), 0, name);
  }
  return sent;
}

let clicks = 0;

/** The token of a new click. Tokens of one time have the same id. */
function click(slug: string, { clicked_at }: ProviderStory): Promise<string> {
  clicks += 1;
  return signTokenAt(slug, (clicked_at === null ? Date.now() - HOUR : Date.parse(clicked_at)) + clicks);
}

/** Sends events of the story to a program of their own. */
async function play(story: ProviderStory, sale: ProviderSale, sent: readonly string[]) {
  const { program, a } = await setUp({ affiliates: 1 });
  const endpoint = await openEndpoint(program, sale);
  const token = await click(a.slug, story);
  const withToken = (text: string) => text.replaceAll(FIXTURE_CLICK, token);
  const latest = Object.fromEntries(Object.values(story.events).flatMap(({ answers = {} }) => Object.entries(answers)));
  for (const [place, name] of sent.entries()) {
    const event = story.events[name];
    if (event === undefined) throw new Error(`the story has no event ${name}`);
    // Webhooks that wait for their sale are looked up again later, so all others stay answered.
    const answers = Object.entries({ ...latest, ...event.answers }).map(([url, answer]) => [url, withToken(answer)]);
    serve(Object.fromEntries(answers));
    const {
      method = "POST",
      path = "",
      headers = {},
      body = "",
    } = await sale.sign(withToken(event.body), endpoint, event.as);
    const url = path.startsWith("/") ? path : (sale.path ?? endpoint.url);
    const response = await send(url, { method, headers, body });
    const answer = await response.text();
    // FirstPromoter's API refuses a repeated call.
    const isKnown = sent.indexOf(name) < place && answer.includes('"code":"duplicate"');
    if (!isKnown) expect(response.status, `${name}: ${answer}`).toBeLessThan(300);
  }
  return { program, affiliate: a.username, sent };
}

/** The revision of each conversion in the customers' objects, which are authoritative. */
async function readRevisions(program: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    "SELECT key FROM customers WHERE merged_into IS NULL AND program_id = (SELECT id FROM programs WHERE slug = ?)",
  )
    .bind(program)
    .all<{ key: string }>();
  const read = ({ key }: { key: string }) =>
    runInDurableObject(env.CUSTOMERS.getByName(key), (_, { storage }) =>
      storage.sql.exec<{ record: string }>("SELECT record FROM conversions").toArray(),
    );
  return toRevisions((await Promise.all(results.map(read))).flat());
}

async function readProjectedRevisions(program: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    "SELECT record FROM conversions WHERE program_id = (SELECT id FROM programs WHERE slug = ?)",
  )
    .bind(program)
    .all<{ record: string }>();
  return toRevisions(results);
}

function toRevisions(rows: readonly { record: string }[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ record }) => JSON.parse(record)).map(({ id, revision }) => [id, revision]));
}

/** What the merchant and the affiliate see of the program's sales. */
async function readResult(program: string, affiliate: string) {
  expect(await readProjectedRevisions(program)).toEqual(await readRevisions(program));
  const { json } = await admin("GET", `/v1/conversions?program=${program}&limit=200`);
  const sales = json.data.filter(({ type }: { type: string }) => type === "sale");
  const path = `/v1/programs/${program}/affiliates/${affiliate}/entries?limit=200`;
  const entries: { amount: number }[] = (await admin("GET", path)).json.data;
  const deliveries = await listDeliveries(program, "?limit=200");
  return {
    sales: sales.map(({ attributed_to, amount, currency, refunded, status }: Record<string, unknown>) => ({
      attributed_to,
      amount,
      currency,
      refunded,
      status,
    })),
    earned: entries.reduce((sum, { amount }) => sum + amount, 0),
    unfinished: deliveries.filter(
      ({ outcome }) => outcome === "waiting" || outcome === "refused" || outcome === "spooled",
    ),
  };
}

function titleOf({ source, variant }: ProviderStory): string {
  return variant === undefined ? source : `${source}, ${variant}`;
}

/** The quick run plays one story of each provider. */
const played = PROVIDER_STORIES.filter(({ variant }) => isDeep || variant === undefined);

describe("one sale with its refunds, right to the cent, in every order of arrival", () => {
  test.each(played.map((story) => ({ ...story, title: titleOf(story) })))(
    "$title",
    { tags: ["deep"] },
    async (story) => {
      const sale = PROVIDER_SALES.find(({ source }) => source === story.source);
      if (sale === undefined) throw new Error("the provider has no sale");
      const random = createRandom(seed);
      const sequences = drawOrders(story, random).map((order, number) =>
        repeat(order, isDeep && number % 2 === 1, random),
      );
      // What an API answers is mocked for all programs, so these are played one after the other.
      const atOnce = sale.api === undefined ? MAX_AT_ONCE : 1;
      const programs: Awaited<ReturnType<typeof play>>[] = [];
      while (sequences.length > 0) {
        programs.push(...(await Promise.all(sequences.splice(0, atOnce).map((sent) => play(story, sale, sent)))));
      }
      // Payments without a customer wait ten minutes for an event that has it.
      await runMinute(Date.now() + 11 * MINUTE);
      await runMinute(Date.now() + 12 * MINUTE);
      const { amount, currency, refunded, earned } = story.expected;
      for (const { program, affiliate, sent } of programs) {
        const status = refunded > 0 ? "refunded" : "recorded";
        await eventually(async () =>
          expect(await readResult(program, affiliate), `seed ${seed}: ${sent.join(" → ")}`).toEqual({
            sales: [{ attributed_to: affiliate, amount, currency, refunded, status }],
            earned,
            unfinished: [],
          }),
        );
      }
    },
  );
});
