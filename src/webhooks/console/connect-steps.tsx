import { CopyField } from "../../console/layout/parts.tsx";
import { guideCheckout } from "./checkout-guides.ts";
import { checkoutDocsHref, nameCheckout } from "./checkout-names.ts";

/** What to enter where, to connect a checkout: the URL, the events, the secret and the click. */
export function ConnectSteps(props: {
  source: string;
  /** Null where it isn't shown, because it contains the secret. */
  url: string | null;
  /** The secret, where it is shown. */
  secret: string | null;
  /** Where a secret that the checkout shows is added; null if it can't be. */
  secret_href: string | null;
}) {
  const { source, url, secret, secret_href } = props;
  const guide = guideCheckout(source);
  if (guide === null) return null;
  return (
    <>
      <ol class="numbered">
        <li>
          <strong>URL:</strong> {guide.url}
          {url !== null && <CopyField id="url" label="URL" value={url} />}
        </li>
        <li>
          <strong>Events:</strong>
          {guide.events.length > 0 && <> select {guide.events.length} types.</>} {guide.events_note}
          {guide.events.length > 0 && <pre class="code">{guide.events.join("\n")}</pre>}
        </li>
        <li>
          <strong>Secret:</strong> {guide.secret} {secret_href !== null && <a href={secret_href}>Secrets</a>}
          {secret !== null && <CopyField id="secret" label="Secret" value={secret} />}
        </li>
        <li>
          <strong>Click:</strong> {guide.click} A visitor arrives with it as <span class="code">lc_click</span> in the
          address of your landing page.
          {guide.code !== undefined && <pre class="code">{guide.code}</pre>}
        </li>
      </ol>
      <p>
        <a href={checkoutDocsHref(source)}>All about {nameCheckout(source)}</a>
      </p>
    </>
  );
}
