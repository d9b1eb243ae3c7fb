import { Problem } from "./problem.ts";

const RETRY_AFTER_SECONDS = "2";

/** The answer for any error: a {@link Problem} as it says, anything else as a 500 that gives nothing away. */
export function toProblemResponse(error: unknown): Response {
  const problem =
    error instanceof Problem ? error : new Problem(500, "internal_error", "Something failed here; please try again.");
  if (problem !== error) console.error(error);
  const { status, code, message, field } = problem;
  const body = { type: "about:blank", title: code.replaceAll("_", " "), status, code, detail: message };
  const headers: Record<string, string> = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
  if (status === 503) headers["Retry-After"] = RETRY_AFTER_SECONDS;
  if (code === "admin_key_invalid") headers["WWW-Authenticate"] = "Bearer";
  return new Response(JSON.stringify(field === null ? body : { ...body, field }), { status, headers });
}
