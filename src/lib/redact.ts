/** What the log may hold of an error: its class, its code, where it was thrown, and a message without values. */
import { Problem } from "./problem.ts";

/** An error in the log. `at` are the innermost stack frames; `cause` is the error behind it. */
export interface ErrorDescription {
  name: string;
  code?: string;
  message?: string;
  at?: string[];
  cause?: ErrorDescription;
}

const MESSAGE_MAX_CHARACTERS = 200;
const QUERY_MAX_CHARACTERS = 400;
const FRAMES_MAX = 8;
const CAUSES_MAX = 3;

const NAME = /^\w{1,60}$/;
/** drizzle's error of a failed query. `openDatabase` keeps the query's parameters out of it. */
const QUERY = /^Failed query: /;
/** V8 puts the value that it couldn't read into the messages of these, without quotes. */
const ERRORS_OF_VALUES: ReadonlySet<string> = new Set(["SyntaxError", "RangeError"]);
const FRAME = /^ +at (?:async |new )?[\w$.<>[\] ]* ?\(?[\w$@./:-]+:\d+:\d+\)?$/;

/** Ids, codes, days and names of settings: no spaces, no `@`, no `:` as in a URL or an IPv6 address. */
const PLAIN_TEXT = /^[\w.+-]{1,100}$/;
const IPV4 = /\b\d{1,3}(?:\.\d{1,3}){3}\b/;

/** A text field of a log line; `redacted` if it isn't an id or a code. */
export function redactField(text: string): string {
  return PLAIN_TEXT.test(text) && !IPV4.test(text) ? text : "redacted";
}

/** Describes anything that was thrown, without the values that its message may contain. */
export function describeError(error: unknown, causes = CAUSES_MAX): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = readCode(error);
  const message = redactMessage(error);
  const at = listFrames(error);
  return {
    name: NAME.test(error.name) ? error.name : "Error",
    ...(code !== null && { code }),
    ...(message !== null && { message }),
    ...(at.length > 0 && { at }),
    ...(error.cause !== undefined && causes > 0 && { cause: describeError(error.cause, causes - 1) }),
  };
}

/** An error's stable code; null if it has none. */
export function readCode(error: unknown): string | null {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === "string" && NAME.test(code) ? code : null;
}

function redactMessage(error: Error): string | null {
  // A problem's sentence names what the caller sent; its code says which one it is.
  if (error instanceof Problem || ERRORS_OF_VALUES.has(error.name)) return null;
  if (QUERY.test(error.message)) return redactQuery(error.message);
  return redactText(error.message).slice(0, MESSAGE_MAX_CHARACTERS) || null;
}

/** SQL without its string literals. */
function redactQuery(text: string): string {
  return text
    .replaceAll(/'(?:[^']|'')*'?/g, "'…'")
    .replaceAll(/\s+/g, " ")
    .slice(0, QUERY_MAX_CHARACTERS);
}

/** Cuts a message where something is quoted, and replaces what looks like an address, a URL, a token or a foreign word. */
function redactText(text: string): string {
  return text
    .replace(/(?:["`“«]|(?<!\w)['‘’])[\s\S]*/, "…")
    .replaceAll(/\S*@\S*|\b\w+:\/\/\S*/g, "…")
    .replaceAll(new RegExp(IPV4, "g"), "…")
    .replaceAll(/(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}/gi, "…")
    .replaceAll(/(?=[\w-]*\d)[\w-]{20,}/g, "…")
    .replaceAll(/[^\x20-\x7e…]+/g, "…");
}

/** The frames after the message. A message may have several lines, some of which look like frames. */
function listFrames({ message, stack = "" }: Error): string[] {
  const start = stack.indexOf(message);
  if (start === -1) return [];
  const lines = stack.slice(start + message.length).split("\n");
  return lines
    .filter((line) => FRAME.test(line))
    .slice(0, FRAMES_MAX)
    .map((line) => line.trim());
}
