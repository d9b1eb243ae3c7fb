// Tells the server the reader's time zone, for pages that show times.

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const cookie = `lc_zone=${timeZone}`;
if (timeZone && !document.cookie.split("; ").includes(cookie)) {
  // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
  document.cookie = `${cookie}; Path=/app; Max-Age=34560000; SameSite=Lax; Secure`;
}
