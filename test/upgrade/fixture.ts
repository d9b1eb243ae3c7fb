/** The fixture of an older release: its storage, and the tokens, cookies and links that people had when it ended. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Endpoint, Visitor } from "./player.ts";
import { readStatements, writeStatements } from "./sql-text.ts";

/** The commit whose Worker wrote the fixture. */
export const COMMIT = "2ef8d9c";

/** The release before this one. Of its fixture, only the rows and statements of D1 are kept. */
export const PREVIOUS = "e94cf53";

/** The files of {@link PREVIOUS}. */
export const PREVIOUS_FILES: readonly string[] = ["d1.sql", "statements.json"];

/** The folder of a commit's fixture. */
export function folderOf(commit: string): string {
  return resolve(import.meta.dirname, "../fixtures/upgrade", commit);
}

let target = folderOf(COMMIT);

/** Makes the functions below write the fixture of another commit. */
export function writeTo(commit: string): void {
  target = folderOf(commit);
}

/** The time when the older release ends and the new one begins. */
export const ENDS_AT = "2026-06-16 09:00";

/** Data of people and checkouts when the older release ends, and messages in progress. */
export interface LeftBehind {
  endpoints: Record<"orbit" | "hatch" | "test" | "postback", Endpoint>;
  /** A second admin key, and one that was revoked. */
  keys: Record<"finance" | "revoked", string>;
  /** Click tokens of landing pages, by visitor. */
  tokens: Record<string, string>;
  /** Browsers with their cookies, by visitor. */
  visitors: Record<string, Visitor>;
  /** Events as sent by their checkout, by id. */
  events: Record<string, Record<string, unknown>>;
  /** Conversions, by the event that created each. */
  conversions: Record<string, string>;
  /** Payout runs, by program and month: `orbit 2026-06`. */
  runs: Record<string, string>;
  /** Cookies of signed-in affiliates. */
  sessions: Record<string, Record<string, string>>;
  /** An unused sign-in link. */
  sign_in_token: string;
  /** The link in an email that stops all emails. */
  unsubscribe_url: string;
  /** Messages of the click queue that have not been delivered yet. */
  clicks: unknown[];
}

/** A Durable Object as it was stored. */
export interface StoredObject {
  binding: string;
  name: string;
  /** The object's rows. The schema is the same for all objects of a class. */
  statements: string[];
  /** Whether the object had an alarm when its process ended. */
  has_alarm: boolean;
}

/** An object of the bucket. */
export interface ArchivedObject {
  key: string;
  /** The object's bytes in base64. */
  body: string;
  http_metadata: Record<string, string>;
  custom_metadata: Record<string, string>;
}

/** Reads a JSON file of the fixture. */
export function readJson<Value>(name: string, commit = COMMIT): Value {
  return JSON.parse(readFileSync(join(folderOf(commit), name), "utf8"));
}

/** Writes a JSON file of the fixture, with one element per line for a list or object at the top. */
export function writeJson(name: string, value: object): void {
  const lines = Object.entries(value).map(([key, one]) => {
    const text = JSON.stringify(one);
    return Array.isArray(value) ? text : `${JSON.stringify(key)}: ${text}`;
  });
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  writeText(name, `${open}\n${lines.join(",\n")}\n${close}\n`);
}

/** Reads the statements of an SQL file. */
export function readSql(name: string, commit = COMMIT): string[] {
  return readStatements(readFileSync(join(folderOf(commit), name), "utf8"));
}

/** Writes an SQL file. */
export function writeSql(name: string, statements: readonly string[]): void {
  writeText(name, writeStatements(statements));
}

/** The line that starts an object's rows in its file. */
const OBJECT = "-- object ";
const ALARM = " with an alarm";

/** Reads the objects of a class: its schema, and the rows of each. */
export function readObjects(binding: string): StoredObject[] {
  const [schema = "", ...objects] = readFileSync(join(folderOf(COMMIT), fileOf(binding)), "utf8").split(OBJECT);
  return objects.map((text) => {
    const end = text.indexOf("\n");
    const title = text.slice(0, end);
    const has_alarm = title.endsWith(ALARM);
    const name = has_alarm ? title.slice(0, -ALARM.length) : title;
    return {
      binding,
      name,
      has_alarm,
      statements: [...readStatements(schema), ...readStatements(text.slice(end + 1))],
    };
  });
}

/** Writes the objects of a class. */
export function writeObjects(binding: string, schema: readonly string[], objects: readonly StoredObject[]): void {
  const sections = objects.map(
    ({ name, has_alarm, statements }) => `${OBJECT}${name}${has_alarm ? ALARM : ""}\n${writeStatements(statements)}`,
  );
  writeText(fileOf(binding), writeStatements(schema) + sections.join(""));
}

function fileOf(binding: string): string {
  return `${binding.toLowerCase()}.sql`;
}

function writeText(name: string, text: string): void {
  const path = join(target, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
