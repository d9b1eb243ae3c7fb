/** The creatives and resources on the program page: banners and texts that contain the affiliate's link, and resources. */

import type { Child } from "hono/jsx";
import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { DestinationRules } from "../../links/destination.ts";
import { buildLinkUrl } from "../../links/link-url.ts";
import { DestinationUrl, LinkTags, withoutScheme } from "../../links/portal/link-name.tsx";
import { newLinkRefusal } from "../../links/portal/new-link-page.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { buildCreativeUrl, fillText, type LinkMismatch } from "../fill-creative.ts";
import type { Creative, CreativeLink, ImageCreative, Resource, TextCreative } from "../queries.ts";
import { writeSnippet } from "./snippet.tsx";

export interface CreativesProps {
  program: AffiliateProgram;
  creatives: readonly Creative[];
  /** The links to choose from. */
  links: readonly CreativeLink[];
  /** The link that the creatives contain. Null if the affiliate has no active link. */
  link: CreativeLink | null;
  /** How many links the affiliate has, active or not. */
  total: number;
  rules: DestinationRules;
  /** The page's other query parameters. */
  params: QueryParams;
  /** The portal's origin. */
  origin: string;
  now: number;
}

/** Both sections. Affiliates that aren't approved see when they will be available. */
export function Creatives(props: CreativesProps) {
  const { program, creatives, link, total } = props;
  if (program.status !== "approved") return <NotApproved status={program.status} />;
  const usable = creatives.filter((creative) => creative.kind !== "resource");
  const resources = creatives.filter((creative) => creative.kind === "resource");
  return (
    <>
      <section class="card" aria-labelledby="creatives">
        <h2 id="creatives">Creatives</h2>
        {usable.length === 0 ? (
          <p class="empty">
            <strong>No banners or texts yet.</strong> When {program.name} adds some, they appear here with your link
            already in them. Until then, share one of{" "}
            <a href={buildHref("/app/links", { program: program.slug })}>your links</a>.
          </p>
        ) : (
          <>
            {link === null ? <NoLink program={program} total={total} /> : <LinkSelection {...props} link={link} />}
            <ul class="creatives">
              {usable.map((creative) => (
                <li>
                  <ImageOrText creative={creative} {...props} />
                </li>
              ))}
            </ul>
            <span class="vh" role="status" id="copied" />
          </>
        )}
      </section>
      <section class="card" aria-labelledby="resources">
        <h2 id="resources">Resources</h2>
        <Resources resources={resources} program={program} />
      </section>
    </>
  );
}

const NOT_APPROVED_NOTES: Record<Exclude<AffiliateProgram["status"], "approved">, string> = {
  pending: "Available once the merchant approves your application.",
  rejected: "Available to approved affiliates only.",
  suspended: "Not available while your enrollment is suspended.",
  left: "Not available because you left this program.",
  banned: "Not available because the merchant ended your enrollment.",
};

function NotApproved({ status }: { status: keyof typeof NOT_APPROVED_NOTES }) {
  return (
    <section class="card" aria-labelledby="creatives">
      <h2 id="creatives">Creatives and resources</h2>
      <p class="empty">{NOT_APPROVED_NOTES[status]}</p>
    </section>
  );
}

function NoLink({ program, total }: Pick<CreativesProps, "program" | "total">) {
  return (
    <p class="empty">
      <strong>You have no active link.</strong>{" "}
      {newLinkRefusal(program, total) === null ? (
        <>
          <a href={buildHref("/app/links", { program: program.slug })}>Create a link</a> to use these creatives.
        </>
      ) : (
        "You’ve reached the limit for links. Ask the merchant to enable one of them."
      )}
    </p>
  );
}

/** Selects the link that all creatives contain. */
function LinkSelection({ links, link, params, origin, now }: CreativesProps & { link: CreativeLink }) {
  const options = links.some(({ id }) => id === link.id) ? links : [link, ...links];
  return (
    <>
      {options.length > 1 && (
        <form method="get" action="/app/program#creatives" class="use-link spaced">
          {Object.entries(params).map(
            ([name, value]) => value !== null && <input type="hidden" name={name} value={value} />,
          )}
          <div class="field">
            <label for="use-link">Link</label>
            <select id="use-link" name="link">
              {options.map((option) => (
                <option value={String(option.id)} selected={option.id === link.id}>
                  {option.channel === null ? option.slug : `${option.slug}, ${option.channel}`}
                </option>
              ))}
            </select>
          </div>
          <button type="submit">Apply</button>
        </form>
      )}
      <div class="spaced">
        <p class="address">
          Contains your link <strong>{withoutScheme(buildLinkUrl(link, origin))}</strong>
        </p>
        <LinkTags link={link} now={now} />
        <DestinationUrl destination={link.destination} />
      </div>
    </>
  );
}

function ImageOrText(props: CreativesProps & { creative: ImageCreative | TextCreative }) {
  const { creative, link, origin, rules } = props;
  const { id, title, destination_url } = creative;
  const target = link && buildCreativeUrl(link, destination_url, { origin, rules });
  return (
    <>
      <h3 id={id}>{title}</h3>
      {creative.kind === "image" && <ImageLink image={creative} />}
      {target !== null && (
        <>
          <CopyBlock
            id={id}
            label={creative.kind === "image" ? "HTML for your page" : "Text"}
            text={creative.kind === "image" ? writeSnippet(creative, target.url) : fillText(creative.text, target.url)}
            isCode={creative.kind === "image"}
          />
          {destination_url !== null && (
            <CreativeDestination destination={destination_url} mismatch={target.mismatch} {...props} />
          )}
        </>
      )}
    </>
  );
}

/** The image, which is served from here, and a link to it. */
function ImageLink({ image: { id, url, width, height, alt } }: { image: ImageCreative }) {
  return (
    <p class="address">
      <img
        class="preview"
        src={`/app/creatives/${id}/image`}
        alt={alt}
        width={String(width)}
        height={String(height)}
        loading="lazy"
      />
      <ExternalLink href={url}>View image</ExternalLink>{" "}
      <span class="muted">
        {formatCount(width)} × {formatCount(height)} px: {alt}
      </span>
    </p>
  );
}

function ExternalLink({ href, children }: { href: string; children?: Child }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="vh"> (opens in a new tab)</span>
    </a>
  );
}

function CopyBlock(props: { id: string; label: string; text: string; isCode: boolean }) {
  const { id, label, text, isCode } = props;
  const field = `copy-${id}`;
  return (
    <div class="copy-block">
      <label for={field}>{label}</label>
      <textarea
        id={field}
        class={isCode ? "copy-text code" : "copy-text"}
        rows={isCode ? 4 : 6}
        readonly
        spellcheck={false}
        aria-describedby={id}
      >
        {text}
      </textarea>
      <button
        type="button"
        class="primary copy"
        data-copies={field}
        data-says={`Copied: ${label}`}
        aria-describedby={id}
      >
        Copy
      </button>
    </div>
  );
}

function CreativeDestination(props: CreativesProps & { destination: string; mismatch: LinkMismatch | null }) {
  const { destination, mismatch, program, total } = props;
  if (mismatch === null) return <DestinationUrl destination={destination} />;
  const page = withoutScheme(destination);
  if (mismatch === "against_rules") {
    return (
      <p class="note address">
        Designed for {page}, which links may no longer lead to. It uses your link’s own destination URL.
      </p>
    );
  }
  return (
    <p class="note address">
      Designed for {page}, but the selected link{" "}
      {mismatch === "leads_elsewhere" ? "has another destination URL" : "sends only some visitors there"}.{" "}
      {newLinkRefusal(program, total) === null ? (
        <>
          <a href={buildHref("/app/links", { program: program.slug })}>Create a tracking link</a> with this destination
          URL, then select it above.
        </>
      ) : (
        "You’ve reached the limit for links. Ask the merchant to change this link’s destination URL."
      )}
    </p>
  );
}

function Resources({ resources, program }: { resources: readonly Resource[]; program: { name: string } }) {
  if (resources.length === 0) {
    return (
      <p class="empty">
        <strong>No resources yet.</strong> Press kits, logos and brand guidelines from {program.name} will appear here.
      </p>
    );
  }
  return (
    <ul class="versions">
      {resources.map(({ title, url }) => (
        <li class="address">
          <ExternalLink href={url}>{title}</ExternalLink> <span class="muted">{new URL(url).host}</span>
        </li>
      ))}
    </ul>
  );
}
