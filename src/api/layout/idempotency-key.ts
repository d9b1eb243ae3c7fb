import { Problem } from "../../lib/problem.ts";

/** Printable ASCII, as in the draft standard of the header. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/** Reads the `Idempotency-Key` header. `what` is what each new key stands for, for the error. Throws 400 if it is missing, 422 if it is invalid. */
export function readIdempotencyKey(request: { header: (name: string) => string | undefined }, what: string): string {
  const key = request.header("idempotency-key") ?? "";
  if (key === "") {
    const detail = `The header Idempotency-Key is missing. Send a new key for each ${what}, and the same one to repeat the call.`;
    throw new Problem(400, "idempotency_key_missing", detail, "Idempotency-Key");
  }
  checkIdempotencyKey(key);
  return key;
}

/** Throws 422 unless `key` is a valid `Idempotency-Key`. */
export function checkIdempotencyKey(key: string): void {
  if (IDEMPOTENCY_KEY.test(key)) return;
  const detail = "Idempotency-Key must be 1–200 printable characters without spaces, new for each call.";
  throw new Problem(422, "invalid_idempotency_key", detail, "Idempotency-Key");
}
