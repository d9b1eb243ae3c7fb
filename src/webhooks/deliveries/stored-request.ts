/** A verified request as text, so that its delivery can be looked at and taken up again: without the secrets it came with. */
import type { Provider, SignedRequest } from "../provider.ts";

interface Stored {
  method: string;
  path: string;
  query: string;
  headers: [string, string][];
  body: string;
}

/** What stands in a kept request where a secret stood. */
export const SECRET_PLACE = "[secret]";

/** What is kept of a request: what its adapter reads, with every secret of the endpoint blotted out. */
export function packRequest(request: SignedRequest, provider: Provider, secrets: readonly string[]): string {
  const blot = (text: string) =>
    secrets
      .flatMap((secret) => [secret, encodeURIComponent(secret)])
      .reduce((rest, secret) => rest.replaceAll(secret, SECRET_PLACE), text);
  const stored: Stored = {
    method: request.method,
    path: blot(request.path),
    query: blot(request.query.toString()),
    headers: provider.headers.flatMap((name): [string, string][] => {
      const value = request.headers.get(name);
      return value === null ? [] : [[name, blot(value)]];
    }),
    body: provider.conceal?.(request.body) ?? blot(request.body),
  };
  return JSON.stringify(stored);
}

/** The request that {@link packRequest} kept. */
export function unpackRequest(text: string): SignedRequest {
  const { query, headers, ...stored }: Stored = JSON.parse(text);
  return { ...stored, query: new URLSearchParams(query), headers: new Headers(headers) };
}
