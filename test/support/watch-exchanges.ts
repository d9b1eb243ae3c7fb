/** Watches the API calls of a test. `setup.ts` fails the test whose calls aren't as the OpenAPI document says. */
import { type Contract, findDeviation, openContract } from "./contract.ts";

/** The API's own paths. */
const WATCHED = /^\/(v1\/|healthz$)/;

let contract: Contract | null = null;

/** Answers a request with `handle`, and notes how the exchange deviates from the document. */
export async function watchExchange(
  request: Request,
  handle: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  const { method, url } = request;
  if (!WATCHED.test(new URL(url).pathname) || method === "HEAD") return handle(request);
  const copy = request.body === null ? null : request.clone();
  const response = await handle(request);
  const type = response.headers.get("content-type") ?? "";
  const answered = /^application\/(problem\+)?json/.test(type) ? await response.clone().text() : "";
  const sent = copy === null || !response.ok ? null : await copy.text();
  contract ??= openContract();
  const deviation = findDeviation(contract, { method, url, sent, status: response.status, type, answered });
  if (deviation !== null) globalThis.deviations.push(deviation);
  return response;
}
