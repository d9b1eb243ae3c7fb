/** The account's secret word, which every ThriveCart body contains. */
import { Problem } from "../../../lib/problem.ts";
import { SECRET_PLACE } from "../../deliveries/stored-request.ts";
import type { SignedRequest, Verdict } from "../../provider.ts";
import { invalidField, readJsonBody } from "../../reading/read-fields.ts";
import { readFormOrJson } from "../../reading/read-form.ts";
import { isOneOf } from "../../signatures/signature.ts";

/** The field with the secret word. */
const SECRET_FIELD = "thrivecart_secret";

/** The secret word is the only proof of the sender. ThriveCart's own have twelve characters. */
const MIN_SECRET_CHARACTERS = 8;

/** Throws a 422 for text that isn't a secret word. */
export function checkWord(text: string): void {
  if (text.length >= MIN_SECRET_CHARACTERS && /^[^\s/]+$/.test(text)) return;
  const place = "the secret word under Settings > API & Webhooks > ThriveCart order validation";
  throw invalidField("secret", `must be ${place}, with at least ${MIN_SECRET_CHARACTERS} characters`);
}

/** Refuses a body without one of the secret words. Nothing else of the request is verified. */
export function verifyWord({ body }: Pick<SignedRequest, "body">, secrets: readonly string[]): Verdict {
  const word = readWord(body, SECRET_FIELD);
  if (word === null) return new Problem(401, "secret_missing", `${SECRET_FIELD} is required.`);
  return isOneOf(word, secrets)
    ? null
    : new Problem(401, "secret_invalid", `${SECRET_FIELD} is not this endpoint's secret word.`);
}

/** The body without the secret word. Replacing it as text would also replace equal text elsewhere, and miss encoded forms. */
export function concealWord(body: string): string {
  if (body.trimStart().startsWith("{")) {
    return JSON.stringify({ ...Object(readJsonBody(body)), [SECRET_FIELD]: SECRET_PLACE });
  }
  const fields = [...new URLSearchParams(body)];
  return new URLSearchParams(fields.map(([key, value]) => [key, isSecret(key) ? SECRET_PLACE : value])).toString();
}

/** Whether a form's key is the secret field, or nested in it. */
function isSecret(key: string): boolean {
  return key === SECRET_FIELD || key.startsWith(`${SECRET_FIELD}[`);
}

/** Whether a body can be parsed and has no event. */
export function isBare(body: string): boolean {
  try {
    return !Object.hasOwn(Object(readFormOrJson(body)), "event");
  } catch {
    return false;
  }
}

/** A field of an unverified body; null if it is missing or the body is invalid. */
function readWord(body: string, name: string): string | null {
  try {
    const value = (Object(readFormOrJson(body)) as Record<string, unknown>)[name];
    return typeof value === "string" && value !== "" ? value : null;
  } catch {
    return null;
  }
}
