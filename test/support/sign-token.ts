import { env } from "cloudflare:workers";
import { importTokenKeys } from "../../src/lib/signed-text.ts";
import { signClickToken } from "../../src/redirect/click-token.ts";

/** The token of a click on an affiliate's link at a time in ms, as the landing page gets it. */
export async function signTokenAt(slug: string, at: number): Promise<string> {
  const link = await env.DB.prepare("SELECT id AS link_id, program_id, affiliate_id FROM links WHERE slug = ?")
    .bind(slug)
    .first<{ link_id: number; program_id: number; affiliate_id: number }>();
  const [key] = importTokenKeys([Uint8Array.fromBase64(env.TOKEN_KEYS, { alphabet: "base64url" })]);
  if (link === null || key === undefined) throw new Error("no such link");
  const id = Uint8Array.fromHex(at.toString(16).padStart(12, "0") + "7000800000000000000a".padStart(20, "0"));
  return signClickToken(key, { id, visitor: new Uint8Array(8), ...link });
}
