/** Endpoints of providers, and what the providers' own hosts answer. */
import { expect, vi } from "vitest";
import { admin } from "../support/story.ts";
import { PAYPAL_CERTIFICATES } from "../webhooks/providers/paypal/signer.ts";
import type { EndpointGiven, ProviderSale } from "./provider-requests.ts";

let served: Readonly<Record<string, string>> = {};

/** Mocks the network until the mocks are restored: PayPal's certificates, and what {@link serve} is given. */
export function mockProviders(): void {
  served = {};
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const url = String(input instanceof Request ? input.url : input);
    const answer = served[url] ?? PAYPAL_CERTIFICATES[url];
    return answer === undefined ? new Response(null, { status: 404 }) : new Response(answer);
  });
}

/** What the APIs of providers answer from now on, by URL. */
export function serve(answers: Readonly<Record<string, string>>): void {
  served = answers;
}

/** Creates a provider's endpoint in a program. */
export async function openEndpoint(program: string, { source, pasted, api }: ProviderSale): Promise<EndpointGiven> {
  const body = {
    source,
    ...(pasted !== undefined && { secret: pasted }),
    ...(api !== undefined && { api_key: api.key }),
  };
  const { status, json } = await admin("POST", `/v1/programs/${program}/endpoints`, body);
  expect(status, JSON.stringify(json)).toBe(201);
  return { id: json.id, url: json.url, secret: pasted ?? json.secret };
}
