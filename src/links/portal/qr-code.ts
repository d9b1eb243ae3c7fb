/** QR codes as one path of an SVG, so that a page needs no image and no other site. */
import { encode } from "uqr";

/** Modules of nothing around the code, without which scanners do not find it (ISO/IEC 18004). */
const QUIET_MODULES = 4;

/** A code: its width in modules with its quiet zone, and the black ones as path data, a rectangle for each run. */
export interface QrCode {
  size: number;
  path: string;
}

/** What the largest code of level M holds. */
const TEXT_MAX_BYTES = 2_331;

/** The code of a text, null where it is too long. Level M: a scratched or badly printed one is still read. */
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

/** The code as a file of its own, to be printed. */
export function writeQrFile({ size, path }: QrCode): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" width="512" height="512" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path d="${path}"/></svg>\n`;
}
