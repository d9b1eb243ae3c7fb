import { PROGRAMS } from "./cast.ts";

/** Where `src/redirect/click-token.ts` puts the programme's number. */
const PROGRAM_OFFSET_BYTES = 17;
const TOKEN_BYTES = 61;

/** The programme's number in a click token, unverified; null where the text is no token. */
export function programIdOf(token: string): number | null {
  const bytes = Buffer.from(token, "base64url");
  return bytes.length === TOKEN_BYTES ? bytes.readUInt32BE(PROGRAM_OFFSET_BYTES) : null;
}

/** The demo programme that a token belongs to; the first one for what is no token of the demo's. */
export function programOfToken(token: string, programIds: Readonly<Record<string, number>>): string {
  const id = programIdOf(token);
  const program = PROGRAMS.find(({ slug }) => programIds[slug] === id) ?? PROGRAMS[0];
  return program?.slug ?? "";
}
