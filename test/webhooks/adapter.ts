/** Shared by the adapter tests: requests as adapters receive them, and a search for accepted forgeries. */

import { expect } from "vitest";
import type { Problem } from "../../src/lib/problem.ts";
import type { Provider, SignedRequest, VerifyTools } from "../../src/webhooks/provider.ts";
import { fc, runs } from "../support/random.ts";

/** A request as an adapter receives it. */
export function requestWith(
  given: {
    method?: string;
    path?: string;
    query?: Record<string, string> | string;
    headers?: Record<string, string>;
    body?: string;
  } = {},
): SignedRequest {
  const { method = "POST", path = "", query = "", headers = {}, body = "" } = given;
  return { method, path, query: new URLSearchParams(query), headers: new Headers(headers), body };
}

/** Tools with a fixed time and without a network. */
export function toolsAt(now: number): VerifyTools {
  return { now, request: (url) => Promise.reject(new Error(`no request was expected: ${url}`)) };
}

/** The code of an adapter's refusal; null if it accepts. */
export async function verdictOf(
  provider: Provider,
  request: SignedRequest,
  secrets: readonly string[],
  tools: VerifyTools,
): Promise<string | null> {
  return (await provider.verify(request, secrets, tools))?.code ?? null;
}

/** The refusal that parsing a request throws. */
export function parseFault(provider: Provider, request: SignedRequest): Pick<Problem, "status" | "code" | "field"> {
  try {
    provider.parse(request);
  } catch (error) {
    const { status, code, field } = error as Problem;
    return { status, code, field };
  }
  throw new Error("the request was parsed");
}

/**
 * Changes one byte of the body, of a named header, or of the path, many times: every change must be refused.
 */
export async function expectUnforgeable(
  provider: Provider,
  request: SignedRequest,
  secrets: readonly string[],
  tools: VerifyTools,
  changed: { headers?: readonly string[]; body?: boolean; path?: boolean },
): Promise<void> {
  expect(await provider.verify(request, secrets, tools)).toBeNull();
  const parts = [
    ...(changed.body === false ? [] : ["body"]),
    ...(changed.path === true ? ["path"] : []),
    ...(changed.headers ?? []).map((name) => `header ${name}`),
  ];
  const mutations = runs({ deep: 10_000, quick: 500 });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...parts),
      fc.nat(),
      fc.integer({ min: 0x21, max: 0x7e }),
      async (part, at, code) => {
        const mutant = { ...request, headers: new Headers(request.headers) };
        const text =
          part === "body" ? request.body : part === "path" ? request.path : request.headers.get(part.slice(7));
        const place = at % (text?.length ?? 0);
        const character = String.fromCharCode(code);
        fc.pre(text !== null && text[place] !== character);
        const other = text.slice(0, place) + character + text.slice(place + 1);
        if (part === "body") mutant.body = other;
        else if (part === "path") mutant.path = other;
        else mutant.headers.set(part.slice(7), other);
        expect(await provider.verify(mutant, secrets, tools), `${part} at ${place}: ${character}`).not.toBeNull();
        refused += 1;
      },
    ),
    { numRuns: mutations },
  );
  expect(refused).toBe(mutations);
}
