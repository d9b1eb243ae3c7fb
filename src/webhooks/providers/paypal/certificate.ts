/** Parses PayPal's signing certificate (RFC 5280). The authority's signature is not verified. */
import { type AsnType, Constructed, fromBER, ObjectIdentifier, UTCTime } from "asn1js";

/** The parts of a certificate that verify a signature. Times in milliseconds since the epoch. */
export interface Certificate {
  /** The subject's common names. */
  names: string[];
  not_before: number;
  not_after: number;
  /** SubjectPublicKeyInfo in DER. */
  public_key: Uint8Array<ArrayBuffer>;
}

const CONTEXT_SPECIFIC = 3;
const COMMON_NAME = "2.5.4.3";

/** Parses the first certificate of a PEM text, which is the signer's own if there are several; null if there is none. */
export function readCertificate(pem: string): Certificate | null {
  const [, base64] = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem) ?? [];
  if (base64 === undefined) return null;
  try {
    return readDer(Uint8Array.fromBase64(base64));
  } catch {
    return null;
  }
}

function readDer(der: Uint8Array<ArrayBuffer>): Certificate | null {
  const { offset, result } = fromBER(der);
  const [signed] = partsOf(result);
  // The optional fields before and after these are context-specific.
  const fields = partsOf(signed).filter((field) => field.idBlock.tagClass !== CONTEXT_SPECIFIC);
  const [_serial, _algorithm, _issuer, validity, subject, key] = fields;
  const [from, to] = partsOf(validity);
  if (offset !== der.length || key === undefined || !(from instanceof UTCTime) || !(to instanceof UTCTime)) return null;
  return {
    names: partsOf(subject).flatMap(partsOf).flatMap(readCommonName),
    not_before: from.toDate().getTime(),
    not_after: to.toDate().getTime(),
    public_key: key.valueBeforeDecodeView.slice(),
  };
}

function readCommonName(attribute: AsnType): string[] {
  const [type, value] = partsOf(attribute);
  if (!(type instanceof ObjectIdentifier) || type.getValue() !== COMMON_NAME || value === undefined) return [];
  const text = "getValue" in value ? value.getValue() : null;
  return typeof text === "string" ? [text] : [];
}

function partsOf(block: AsnType | undefined): AsnType[] {
  return block instanceof Constructed ? block.valueBlock.value : [];
}
