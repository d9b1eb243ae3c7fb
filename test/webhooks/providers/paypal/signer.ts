/**
 * Signs as documented by PayPal ("Integrate webhooks", "Message verification"), with a key and certificates created once
 * for these tests, because PayPal has no library that signs. They are valid from October 2025, one to 2049 and the sandbox's to
 * 2055, and were issued by a throwaway authority.
 */
import keys from "../../../fixtures/paypal/test-keys.json";

/** The responses of PayPal's hosts by URL. */
export const PAYPAL_CERTIFICATES: Readonly<Record<string, string>> = {
  "https://api.paypal.com/v1/notifications/certs/CERT-7a2b4c10-5d3e9f86-live0001": keys.live,
  "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-7a2b4c10-5d3e9f86-sandbox1": keys.sandbox,
  "https://api.paypal.com/v1/notifications/certs/CERT-7a2b4c10-5d3e9f86-name0001": keys.other_name,
  "https://api.paypal.com/v1/notifications/certs/CERT-7a2b4c10-5d3e9f86-elliptic": keys.elliptic,
};

const [LIVE = "", SANDBOX = "", OTHER_NAME = "", ELLIPTIC = ""] = Object.keys(PAYPAL_CERTIFICATES);

export const CERTIFICATE_URLS = { live: LIVE, sandbox: SANDBOX, other_name: OTHER_NAME, elliptic: ELLIPTIC };

const utf8 = new TextEncoder();
const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** A message as PayPal would send it for a webhook, at a time in ms. */
export async function signPaypal(
  body: string,
  options: {
    webhook_id: string;
    at: number;
    cert_url?: string;
    transmission_id?: string;
  },
): Promise<{ method: string; headers: Record<string, string>; body: string }> {
  const { webhook_id, at, cert_url = LIVE, transmission_id = "b02ef980-9fce-11f0-b0ec-5bc241fbaaf3" } = options;
  const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const text = `${transmission_id}|${time}|${webhook_id}|${crc32(utf8.encode(body))}`;
  const key = await crypto.subtle.importKey("pkcs8", Uint8Array.fromBase64(keys.private_key), algorithm, false, [
    "sign",
  ]);
  const signature = new Uint8Array(await crypto.subtle.sign(algorithm, key, utf8.encode(text)));
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "paypal-transmission-id": transmission_id,
      "paypal-transmission-time": time,
      "paypal-transmission-sig": signature.toBase64(),
      "paypal-cert-url": cert_url,
      "paypal-auth-algo": "SHA256withRSA",
      "paypal-auth-version": "v2",
    },
    body,
  };
}

/** The CRC-32 of IEEE 802.3, one bit at a time. */
function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}
