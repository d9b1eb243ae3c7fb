import { databaseNotMigrated, isSchemaMissing } from "../missing-schema.ts";
import { Problem } from "../problem.ts";
import { logError } from "./log.ts";
import { currentRequestId } from "./request-id.ts";

/** By status or code. Rate limits are per minute; a person must apply a migration. */
const RETRY_AFTER_SECONDS: Readonly<Record<number | string, string>> = {
  429: "60",
  503: "2",
  database_not_migrated: "60",
};

/**
 * Converts any error to a response: a {@link Problem} as it is, a missing table or column to a 503, and any other error to a
 * 500 without details. `allowed` are the methods that a 405 lists.
 */
export function toProblemResponse(error: unknown, allowed: readonly string[] = ["POST"]): Response {
  const problem = toProblem(error);
  if (problem !== error) logError("request_failed", { error });
  const { status, code, message, field, errors } = problem;
  const request_id = currentRequestId();
  const body = {
    ...{ type: "about:blank", title: code.replaceAll("_", " "), status, code, detail: message },
    ...(request_id !== null && { request_id }),
  };
  const headers: Record<string, string> = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
  Object.assign(headers, retryHeaders(problem));
  if (status === 405) headers.Allow = allowed.join(", ");
  if (code === "admin_key_invalid") headers["WWW-Authenticate"] = "Bearer";
  return new Response(JSON.stringify(field === null ? body : { ...body, field, errors }), { status, headers });
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isSchemaMissing(error)) return databaseNotMigrated();
  return new Problem(500, "internal_error", "Something went wrong. Please try again.");
}

/** The `Retry-After` header of a temporary error; no headers for others. */
export function retryHeaders(problem: Problem | null): Record<string, string> {
  const seconds = RETRY_AFTER_SECONDS[problem?.code ?? ""] ?? RETRY_AFTER_SECONDS[problem?.status ?? 0];
  return seconds === undefined ? {} : { "Retry-After": seconds };
}
