/** Creatives in the console: the fields of each kind, and the API's body of what was entered. */
import type * as v from "valibot";
import { programHref } from "../../console/layout/navigation.ts";
import type { creative } from "../reference/creatives.ts";

/** A creative as the API shows it. */
export type CreativeView = v.InferOutput<typeof creative>;

export type CreativeKind = CreativeView["kind"];

/** The kinds with their labels. */
export const KINDS: Readonly<Record<CreativeKind, string>> = { image: "Image", text: "Text", resource: "Resource" };

/** Each kind's fields. */
export const FIELDS: Readonly<Record<CreativeKind, readonly string[]>> = {
  image: ["title", "url", "width", "height", "alt", "destination_url", "position"],
  text: ["title", "text", "destination_url", "position"],
  resource: ["title", "url", "position"],
};

const NUMBERS: readonly string[] = ["width", "height", "position"];

/** A kind as it was asked for. An unknown one is an image. */
export function readKind(text: string | undefined): CreativeKind {
  return text === "text" || text === "resource" ? text : "image";
}

/** The URL of a creative's page. */
export function creativeHref(program: string, id: string, path = ""): string {
  return programHref(program, `/creatives/${encodeURIComponent(id)}${path}`);
}

/** A creative's fields as values of a form. */
export function toValues(creative: CreativeView): Record<string, string> {
  const { title, position, url, width, height, alt, text, destination_url } = creative;
  const fields = { title, position, url, width, height, alt, text, destination_url };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value ?? "")]));
}

/** The API's body. An empty position is left out, so that a new creative comes last. */
export function readBody(kind: CreativeKind, values: Readonly<Record<string, string>>): Record<string, unknown> {
  const entered = FIELDS[kind].map((name) => [name, (values[name] ?? "").trim()] as const);
  const given = entered.filter(([name, text]) => name !== "position" || text !== "");
  return Object.fromEntries(given.map(([name, text]) => [name, readField(name, text)]));
}

function readField(name: string, text: string): unknown {
  if (NUMBERS.includes(name)) return Number(text);
  return name === "destination_url" && text === "" ? null : text;
}
