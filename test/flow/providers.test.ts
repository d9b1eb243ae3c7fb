/** A sale of every provider, through the real Worker: verified, recorded, credited, deduplicated, and logged. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { providers } from "../../src/webhooks/providers.ts";
import { runMinute } from "../support/run-cron.ts";
import { signTokenAt } from "../support/sign-token.ts";
import { admin, send, setUp } from "../support/story.ts";
import { requestWith } from "../webhooks/adapter.ts";
import { mockProviders, openEndpoint, serve } from "./provider-endpoint.ts";
import { type EndpointGiven, PROVIDER_SALES, type ProviderSale } from "./provider-requests.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

beforeEach(mockProviders);
afterEach(() => {
  vi.restoreAllMocks();
});

test("every provider has a sale", () => {
  expect(PROVIDER_SALES.map(({ source }) => source).sort()).toEqual([...providers.keys()].sort());
});

/** What the adapter reads in a body that is signed for this endpoint. */
async function parse(sale: ProviderSale, endpoint: EndpointGiven, given: string) {
  const { body: sent = "", headers = {}, method = "POST" } = await sale.sign(given, endpoint);
  const provider = providers.get(sale.source);
  const tools = { api_key: sale.api?.key ?? "", request: (url: string) => fetch(url) };
  const body = (await provider?.look_up?.complete?.(sent, tools)) ?? sent;
  const request = requestWith({ body, headers, method, path: "sale", query: { currency: "USD" } });
  return provider?.parse(request, { currency: "USD" });
}

async function post(sale: ProviderSale, endpoint: EndpointGiven, given: string, change = (body: string) => body) {
  const { method = "POST", headers = {}, body = "" } = await sale.sign(given, endpoint);
  const url = sale.path ?? endpoint.url;
  const response = await send(url, { method, headers, body: change(body) });
  return { status: response.status, text: await response.text() };
}

describe.each(PROVIDER_SALES)("$source", (sale) => {
  test("a sale is credited to its click, a repeat is a duplicate, and a forgery is refused", async () => {
    const { program, a } = await setUp({ affiliates: 1 });
    const endpoint = await openEndpoint(program, sale);
    const answers = Object.entries(sale.api?.answers ?? {});
    serve(Object.fromEntries(answers));
    const reading = await parse(sale, endpoint, sale.body);
    const parsed = reading?.events.find((event) => event.type === "sale");
    const touch = sale.touch === undefined ? parsed : (await parse(sale, endpoint, sale.touch))?.events[0];
    expect(parsed, JSON.stringify(reading)).toMatchObject({ payment: expect.any(String) });
    expect(touch).toMatchObject({ click: expect.any(String) });
    const token = await signTokenAt(a.slug, (parsed?.occurred_at ?? Date.now()) - HOUR);
    const withToken = (body: string) => body.replaceAll(touch?.click ?? "", token);
    const own = withToken(sale.body);
    serve(Object.fromEntries(answers.map(([url, answer]) => [url, withToken(answer)])));
    if (sale.touch !== undefined)
      expect(await post(sale, endpoint, withToken(sale.touch))).toMatchObject({ status: 200 });

    const first = await post(sale, endpoint, own);
    // A payment without a customer waits ten minutes for an event that has it.
    expect(first.status, first.text).toBe(sale.is_anonymous ? 202 : 200);
    if (sale.is_anonymous) await runMinute(Date.now() + 11 * MINUTE);
    else expect(JSON.parse(first.text)).toMatchObject({ status: "recorded", attributed_to: a.username });
    await post(sale, endpoint, own);
    const { json: log } = await admin("GET", `/v1/programs/${program}/deliveries`);
    expect(log.data.slice(0, 2)).toMatchObject([
      { provider: sale.source, outcome: "duplicate" },
      {
        provider: sale.source,
        outcome: "recorded",
        reason: "last_click",
        attributed_to: a.username,
        type: reading?.type,
      },
    ]);
    expect(log.data[0].conversion).toBe(log.data[1].conversion);

    const wrong = {
      ...endpoint,
      secret: "not-the-secret",
      url: endpoint.url.replace(endpoint.secret, "not-the-secret"),
    };
    const forged =
      sale.proof === "secret" ? await post(sale, wrong, own) : await post(sale, endpoint, own, (body) => `${body}0`);
    expect(forged.status, forged.text).toBe(401);
  });
});
