/** HMAC-SHA256 as checkouts create it, by the definition in RFC 2104: two hashes, without code from `src/`. */

const BLOCK_BYTES = 64;
const INNER = 0x36;
const OUTER = 0x5c;

const bytesOf = (text: string) => new Uint8Array(new TextEncoder().encode(text));

export async function hmacSha256(secret: string, body: string): Promise<Uint8Array<ArrayBuffer>> {
  const given = bytesOf(secret);
  const key = given.length > BLOCK_BYTES ? await sha256(given) : given;
  const padded = (pad: number) => Uint8Array.from({ length: BLOCK_BYTES }, (_, at) => (key[at] ?? 0) ^ pad);
  return sha256(joined(padded(OUTER), await sha256(joined(padded(INNER), bytesOf(body)))));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...a, ...b]);
}
