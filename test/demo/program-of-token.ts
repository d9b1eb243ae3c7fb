import { PROGRAMS } from "./programs.ts";

/** The layout of `src/redirect/click-token.ts`. */
const PROGRAM_OFFSET_BYTES = 17;
const TOKEN_BYTES = 61;

/** The program number in a click token, unverified; null if the text is not a token. */
export function programIdOf(token: string): number | null {
  const bytes = Buffer.from(token, "base64url");
  return bytes.length === TOKEN_BYTES ? bytes.readUInt32BE(PROGRAM_OFFSET_BYTES) : null;
}

/** The demo program that a token belongs to. For any other token, the first program. */
export function programOfToken(token: string, programIds: Readonly<Record<string, number>>): string {
  const id = programIdOf(token);
  const program = PROGRAMS.find(({ slug }) => programIds[slug] === id) ?? PROGRAMS[0];
  return program?.slug ?? "";
}
