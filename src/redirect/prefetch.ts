/** What a browser says it asks for a page for: `Sec-Purpose`, or its older names. Null where it says nothing. */
export function readPurpose(headers: Headers): string | null {
  return headers.get("sec-purpose") ?? headers.get("purpose") ?? headers.get("x-moz");
}

/** Whether a purpose is that of fetching in advance, before any person has clicked. */
export function isPrefetch(purpose: string | null): purpose is string {
  return purpose !== null && /\b(prefetch|prerender|preview)\b/i.test(purpose);
}
