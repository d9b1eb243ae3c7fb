/**
 * Well-formed text. A JavaScript string can contain half of a surrogate pair, for example where JSON has the escape
 * `\ud83d` or a cut split an emoji. Storage and hashes use UTF-8, which can't represent it: the text that is read back
 * differs from the text that was written.
 */

import { parse } from "lossless-json";

/** Cuts text to at most `max` code units, never through a character. */
export function cutText(text: string, max: number): string {
  const cut = text.slice(0, max);
  return text.length > max && !cut.isWellFormed() && text.isWellFormed() ? cut.slice(0, -1) : cut.toWellFormed();
}

/**
 * The path, such as `customer.email`, of the first text in a parsed JSON value that isn't well-formed, or null. A faulty
 * field name is reported at the object that has it.
 */
export function findIllFormed(value: unknown): string | null {
  // Not recursive: a small body can be nested deeper than the stack allows.
  const waiting: Located[] = [{ value, name: "", parent: null }];
  for (let located = waiting.pop(); located !== undefined; located = waiting.pop()) {
    const { value: inner } = located;
    if (typeof inner === "string" && !inner.isWellFormed()) return pathOf(located);
    if (typeof inner !== "object" || inner === null) continue;
    const entries = Object.entries(inner);
    if (entries.some(([name]) => !name.isWellFormed())) return pathOf(located);
    for (const [name, value] of entries.reverse()) waiting.push({ value, name, parent: located });
  }
  return null;
}

/** A part of a JSON value and where it is. */
interface Located {
  value: unknown;
  name: string;
  parent: Located | null;
}

function pathOf(located: Located): string {
  const names: string[] = [];
  for (let at: Located | null = located; at !== null && at.parent !== null; at = at.parent) names.push(at.name);
  return names.reverse().join(".");
}

/** An escaped surrogate pair, a lone escaped surrogate, or any other escape. JSON texts are checked escape by escape. */
const ESCAPE = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\(?:u([dD][89a-fA-F][0-9a-fA-F]{2})|.)/gs;

/**
 * Parses JSON with U+FFFD for each lone surrogate. An integer that a number can't hold exactly becomes text with its digits:
 * providers' ids are that long. Throws a `SyntaxError`.
 */
export function parseWellFormedJson(text: string): unknown {
  const wellFormed = text
    .toWellFormed()
    .replace(ESCAPE, (written, lone?: string) => (lone === undefined ? written : "\\ufffd"));
  // Parsed twice only where it is needed: the exact parser is slow, and its stack is limited.
  const parsed = JSON.parse(wellFormed);
  if (!/\d{16}/.test(wellFormed)) return parsed;
  return parse(wellFormed, undefined, { parseNumber: readExactly, onDuplicateKey: ({ newValue }) => newValue });
}

function readExactly(digits: string): number | string {
  const number = Number(digits);
  return /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) ? digits : number;
}

/** Whether text is JSON. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
