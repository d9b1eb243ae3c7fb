/** QR codes as SVG paths, so that pages need no images and no other site. */
import { encode } from "uqr";

/** The quiet zone around the code, in modules. Scanners need it (ISO/IEC 18004). */
const QUIET_MODULES = 4;

/** A code: its width in modules including the quiet zone, and its dark modules as path data, one rectangle per run. */
export interface QrCode {
  size: number;
  path: string;
}

/** The capacity of the largest code at level M. */
const TEXT_MAX_BYTES = 2_331;

/** Encodes a text. Null if it is too long. Level M stays readable when scratched or badly printed. */
export function drawQrCode(text: string): QrCode | null {
  if (new TextEncoder().encode(text).length > TEXT_MAX_BYTES) return null;
  const { size, data } = encode(text, { ecc: "M", border: QUIET_MODULES });
  const runs: string[] = [];
  data.forEach((row, y) => {
    for (let x = 0; x < size; x += 1) {
      if (!row[x]) continue;
      const start = x;
      while (row[x]) x += 1;
      runs.push(`M${start} ${y}h${x - start}v1h-${x - start}z`);
    }
  });
  return { size, path: runs.join("") };
}

/** The code as an SVG file for printing. */
export function writeQrFile({ size, path }: QrCode): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="512" height="512" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>\n`;
}
