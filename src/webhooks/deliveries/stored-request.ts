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
  const patterns = secrets.filter((secret) => secret !== "").map(matchSecret);
  const redact = (text: string) => patterns.reduce((rest, pattern) => rest.replaceAll(pattern, SECRET_PLACE), text);
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

/** Matches a secret in plain text, and with any of its characters escaped as in URLs (`%41`) or in JSON (`\u0041`). */
function matchSecret(secret: string): RegExp {
  const characters = [...secret].map((character) => {
    const plain = `\\u{${character.codePointAt(0)?.toString(16)}}`;
    const encoded = [...new TextEncoder().encode(character)].map((byte) => `%${matchHex(byte, 2)}`).join("");
    const escaped = character.split("").map((unit) => `\\\\u${matchHex(unit.charCodeAt(0), 4)}`);
    return `(?:\\\\?${plain}|${encoded}|${escaped.join("")}${character === " " ? "|\\+" : ""})`;
  });
  return new RegExp(characters.join(""), "gu");
}

/** Matches a number in hexadecimal digits of either case. */
function matchHex(number: number, digits: number): string {
  const hex = number.toString(16).padStart(digits, "0");
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

/** The request that {@link packRequest} packed. */
export function unpackRequest(text: string): SignedRequest {
  const { query, headers, ...stored }: Stored = JSON.parse(text);
  return { ...stored, query: new URLSearchParams(query), headers: new Headers(headers) };
}
