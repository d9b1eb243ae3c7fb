/** The purpose of a request, from `Sec-Purpose` or its older names; null if the browser sends none. */
export function readPurpose(headers: Headers): string | null {
  return headers.get("sec-purpose") ?? headers.get("purpose") ?? headers.get("x-moz") ?? headers.get("x-purpose");
}

/** Whether a request was made in advance, before the visitor has clicked. */
export function isPrefetch(purpose: string | null): purpose is string {
  return purpose !== null && /\b(prefetch|prerender|preview|instant)\b/i.test(purpose);
}
