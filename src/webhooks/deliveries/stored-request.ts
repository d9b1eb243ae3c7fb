/** A verified request as text without its secrets, so that its delivery can be inspected and replayed. */
import type { Provider, SignedRequest } from "../provider.ts";

interface Stored {
  method: string;
  path: string;
  query: string;
  headers: [string, string][];
  body: string;
}

/** Replaces a secret in a stored request. */
export const SECRET_PLACE = "[secret]";

/** The parts of a request that its adapter reads, with every secret of the endpoint replaced. */
export function packRequest(request: SignedRequest, provider: Provider, secrets: readonly string[]): string {
  const redact = (text: string) =>
    secrets
      .flatMap((secret) => [secret, encodeURIComponent(secret)])
      .reduce((rest, secret) => rest.replaceAll(secret, SECRET_PLACE), text);
  const stored: Stored = {
    method: request.method,
    path: redact(request.path),
    query: redact(request.query.toString()),
    headers: provider.headers.flatMap((name): [string, string][] => {
      const value = request.headers.get(name);
      return value === null ? [] : [[name, redact(value)]];
    }),
    body: provider.conceal?.(request.body) ?? redact(request.body),
  };
  return JSON.stringify(stored);
}

/** The request that {@link packRequest} packed. */
export function unpackRequest(text: string): SignedRequest {
  const { query, headers, ...stored }: Stored = JSON.parse(text);
  return { ...stored, query: new URLSearchParams(query), headers: new Headers(headers) };
}
