/** Ways to hand a link on: copying, the device's own share menu, email and chats, and a QR code. */
import type { Child } from "hono/jsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { drawQrCode, type QrCode } from "./qr-code.ts";

/** A field with a link's URL, and the button that copies it. */
export function CopyUrl({ url, children }: { url: string; children?: Child }) {
  return (
    <div class="copy-row">
      <input id="address" class="copy-field" readonly value={url} aria-label="Link URL" />
      <button type="button" class="primary copy" data-copies="address">
        Copy
      </button>
      {children}
      <span class="vh" role="status" id="copied" />
    </div>
  );
}

/** Opens the device's share menu. The page script shows it where there is one. */
export function ShareButton({ url, title }: { url: string; title: string }) {
  return (
    <button type="button" data-shares={url} data-title={title} hidden>
      Share
    </button>
  );
}

/** Links that open a message with the URL. Nothing is sent to another site before one of them is followed. */
export function ShareLinks({ url, title }: { url: string; title: string }) {
  const text = encodeURIComponent(url);
  return (
    <p class="share-links">
      Share by <a href={`mailto:?subject=${encodeURIComponent(title)}&body=${text}`}>email</a>,{" "}
      <a href={`sms:?&body=${text}`}>text message</a> or{" "}
      <a href={`https://wa.me/?text=${text}`} rel="noopener noreferrer" target="_blank">
        WhatsApp<span class="vh"> (opens in a new tab)</span>
      </a>
    </p>
  );
}

interface QrProps {
  url: string;
  /** The path of the link's page, and its query parameters. */
  path: string;
  params: QueryParams;
}

/** The QR code of a URL, and its download. */
export function QrFigure({ url, path, params }: QrProps) {
  const code = drawQrCode(url);
  if (code === null) return <p class="note">This URL is too long for a QR code.</p>;
  return (
    <figure class="qr">
      <QrDrawing code={code} />
      <figcaption>
        <a href={buildHref(`${path}/qr.svg`, params)} download>
          Download QR code
        </a>
      </figcaption>
    </figure>
  );
}

function QrDrawing({ code: { size, path } }: { code: QrCode }) {
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width="160" height="160" role="img" aria-label="QR code of this link">
      <path class="qr-ground" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-ink" d={path} />
    </svg>
  );
}
