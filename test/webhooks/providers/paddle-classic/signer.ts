/** Signs as Paddle Classic does, with a key pair of the tests. Nothing of `src/` is used. */
import keys from "../../../fixtures/paddle-classic/keys.json";

export const PADDLE_CLASSIC_KEY = keys.public_key;
/** Of another account. */
export const OTHER_KEY = keys.other_public_key;

const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-1" };

const utf8 = new TextEncoder();

/** An alert's form as posted, with its signature. */
export async function signPaddleClassic(body: string) {
  const pairs = [...new URLSearchParams(body)].filter(([name]) => name !== "p_signature");
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams([...pairs, ["p_signature", await sign(serialized(pairs))]]).toString(),
  };
}

/** PHP's `serialize` of an array of strings that `ksort` has sorted. */
function serialized(pairs: readonly (readonly [string, string])[]): string {
  const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : 1));
  let text = `a:${sorted.length}:{`;
  for (const part of sorted.flat()) text += `s:${utf8.encode(part).byteLength}:"${part}";`;
  return `${text}}`;
}

async function sign(text: string): Promise<string> {
  const key = await crypto.subtle.importKey("pkcs8", Uint8Array.fromBase64(keys.pkcs8), ALGORITHM, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign(ALGORITHM, key, utf8.encode(text))).toBase64();
}
