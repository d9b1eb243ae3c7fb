/** Writes a call as a command for the shell, with the variables and the function `api` that all docs use. */
import type { Call } from "../layout/reference/call.ts";
import { readPath } from "./read-path.ts";

/** What the examples need first, run where `npm run dev` was started. */
export const PREPARATION = `export ORIGIN=http://localhost:8787
export KEY=$(sed -n 's/^ADMIN_TOKEN=//p' .dev.vars)
api() { curl -sS -H "Authorization: Bearer $KEY" "$@"; }`;

/** Longer bodies take a line for each field. */
const LINE_MAX = 80;

/** The command that makes a call. */
export function writeSample(call: Call): string {
  const { method, path, parameters } = readPath(call);
  const { sample, body } = call;
  const filled = parameters.reduce(
    (text, { name, example }) => text.replace(`{${name}}`, sample.path?.[name] ?? example),
    path,
  );
  const url = sample.url ?? `"$ORIGIN${filled}${sample.query === undefined ? "" : `?${sample.query}`}"`;
  const hasJson = body !== undefined && "schema" in body;
  const sent = sample.options ?? (hasJson ? `-d ${quote(writeJson(body.example))}` : "");
  const isImplied = method === "get" || (method === "post" && sent !== "");
  const parts = [
    call.auth === undefined ? "api" : "curl -sS",
    ...(isImplied ? [] : [`-X ${method.toUpperCase()}`]),
    url,
    ...(call.needs_idempotency_key === true ? [`-H 'Idempotency-Key: ${call.id}-1'`] : []),
    ...(sent === "" ? [] : [sent]),
  ];
  return [...(sample.before ?? []), parts.join(" ")].join("\n");
}

function writeJson(value: unknown): string {
  const line = JSON.stringify(value);
  return line.length <= LINE_MAX ? line : JSON.stringify(value, null, 2);
}

/** As one word of the shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
