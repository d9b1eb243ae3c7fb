/** A request that can't be parsed is refused with its type, so that the delivery log can show what it was. */
import { expect, test } from "vitest";
import type { SignedRequest } from "../../../src/webhooks/provider.ts";
import { providers } from "../../../src/webhooks/providers.ts";
import { isUnreadable } from "../../../src/webhooks/reading/parsed-events.ts";
import { PROVIDER_SALES } from "../../flow/provider-requests.ts";
import { requestWith } from "../adapter.ts";

/** Every number of the body as a word: amounts, ids and times. */
const corrupt = (body: string) =>
  body
    .replaceAll(/(:\s*)"?-?\d[\d.]*"?(?=\s*[,}\]])/g, '$1"much"')
    .replaceAll(/=-?\d[\d.%]*(?=&|$)/g, "=much")
    .replaceAll(/>-?\d[\d.]*</g, ">much<");

test.each(PROVIDER_SALES)("$source", async (sale) => {
  const provider = providers.get(sale.source);
  const answers: Readonly<Record<string, string>> = sale.api?.answers ?? {};
  const tools = { api_key: sale.api?.key ?? "", request: async (url: string) => new Response(answers[url]) };
  const endpoint = {
    id: "ep_1",
    url: "https://go.example.com/v1/webhooks/ep_1",
    secret: sale.pasted ?? "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0",
  };
  const signed = async (body: string): Promise<SignedRequest> => {
    const { method = "POST", headers = {}, body: sent = "" } = await sale.sign(body, endpoint);
    const complete = (await provider?.look_up?.complete?.(sent, tools)) ?? sent;
    return requestWith({ method, headers, body: complete, path: "sale", query: { currency: "USD" } });
  };
  const given = await signed(sale.body);
  const type = provider?.parse(given, { currency: "USD" }).type;
  expect(type).toMatch(/\S/);
  const refused = sale.api !== undefined ? { ...given, body: corrupt(given.body) } : await signed(corrupt(sale.body));
  const thrown = catchError(() => provider?.parse(refused, { currency: "USD" }));
  expect(isUnreadable(thrown) && thrown.content.type).toBe(type);
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return null;
}
