/** The document's own words. */
import type { OpenApiDocument } from "./document.ts";
import { PREPARATION } from "./write-sample.ts";

const DESCRIPTION = `The API of [Lastclick](/docs), an affiliate program on your own Cloudflare account.

- JSON is \`snake_case\`. Times are ISO 8601 in UTC. Amounts are integers in minor units (cents) with their \`currency\`.
- A request with an unknown field or query parameter is refused, with the list of known ones. Answers may get new fields: ignore those that you don't know.
- Errors are \`application/problem+json\` (RFC 9457) with a stable \`code\`. Where fields are wrong, \`errors\` lists all faults.
- Lists are \`{"data": […], "next": …}\`. Send \`next\` as \`cursor\` to get the next page.
- A POST with an \`Idempotency-Key\` can be repeated: it gets the same answer, and nothing is created again.

The examples use the data of \`npm run dev\`. Run these lines first, where you started it:

\`\`\`sh
${PREPARATION}
\`\`\`
`;

/** The parts of the document that are not about a call. */
export function describeDocument(): Pick<OpenApiDocument, "info" | "servers"> {
  return {
    info: {
      title: "Lastclick API",
      version: "1",
      summary: "Affiliate programs: links, clicks, conversions, commissions and payouts.",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The host that serves this document." }],
  };
}

const STATUSES: Readonly<Record<number, string>> = {
  200: "Done.",
  201: "Created.",
  202: "Stored, and not done yet.",
  304: "Nothing has changed.",
  400: "A header is missing.",
  401: "There is no valid API key.",
  403: "The key may not do this, or the call came over http.",
  404: "Something in the path doesn't exist.",
  405: "The path has no such method.",
  409: "The call conflicts with what is stored.",
  413: "The body is too large.",
  422: "The request is invalid.",
  429: "There were too many calls. Wait for `Retry-After` seconds.",
  500: "Something failed here. Try again.",
  503: "Something is unavailable for the moment. Try again after `Retry-After` seconds.",
};

/** A status in a sentence. Throws for one without a text. */
export function describeStatus(status: number): string {
  const text = STATUSES[status];
  if (text === undefined) throw new Error(`the status ${status} has no text`);
  return text;
}
