import { Problem } from "../../lib/problem.ts";

/** Printable ASCII, as the draft standard of the header has it. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** The key that makes a repeated command one; `what` says what each new key is for. Throws 400 without one, 422 for a bad one. */
export function readIdempotencyKey(request: { header: (name: string) => string | undefined }, what: string): string {
  const key = request.header("idempotency-key") ?? "";
  if (IDEMPOTENCY_KEY.test(key)) return key;
  const detail = `Idempotency-Key must be 1–200 printable characters without spaces, new for each ${what}.`;
  throw new Problem(key === "" ? 400 : 422, "invalid_idempotency_key", detail);
}
