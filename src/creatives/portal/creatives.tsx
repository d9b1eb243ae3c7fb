/** What the merchant gives its affiliates, on the page of the programme: banners and texts with one's own link, and resources. */
import type { Child } from "hono/jsx";
import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { DestinationRules } from "../../links/destination.ts";
import { buildLinkUrl } from "../../links/link-url.ts";
import { LinkTags, LinkTarget, withoutScheme } from "../../links/portal/link-name.tsx";
import { refuseNewLink } from "../../links/portal/new-link-page.tsx";
import { formatCount } from "../../portal/layout/reader.tsx";
import { type Asked, addressOf } from "../../portal/layout/switches.tsx";
import { addressForCreative, fillText, type Miss } from "../fill-creative.ts";
import type { Creative, ImageCreative, PromotedLink, Resource, TextCreative } from "../queries.ts";
import { writeSnippet } from "./snippet.tsx";

/** What the sections are made of. */
export interface CreativesProps {
  program: AffiliateProgram;
  creatives: readonly Creative[];
  /** Those to choose from. */
  links: readonly PromotedLink[];
  /** The one that everything is filled with, null where the affiliate has none that works. */
  link: PromotedLink | null;
  /** How many links the affiliate has, of whatever state. */
  total: number;
  rules: DestinationRules;
  /** What else the page is asked for. */
  asked: Asked;
  /** The address at which the portal is reached. */
  origin: string;
  now: number;
}

/** The two sections; whom the merchant has not approved is told that they are for those whom it has. */
export function Creatives(props: CreativesProps) {
  const { program, creatives, link, total } = props;
  if (program.status !== "approved") return <NotApproved name={program.name} status={program.status} />;
  const usable = creatives.filter((creative) => creative.kind !== "resource");
  const resources = creatives.filter((creative) => creative.kind === "resource");
  return (
    <>
      <section class="card" aria-labelledby="creatives">
        <h2 id="creatives">Creatives</h2>
        {usable.length === 0 ? (
          <p class="empty">
            <strong>{program.name} has no banners or texts for you yet.</strong> They will be here, ready with your own
            link in them. Until then, <a href={addressOf("/app/links", { program: program.slug })}>your links</a> work
            in whatever you write yourself.
          </p>
        ) : (
          <>
            {link === null ? <NoLink program={program} total={total} /> : <LinkChoice {...props} link={link} />}
            <ul class="creatives">
              {usable.map((creative) => (
                <li>
                  <Usable creative={creative} {...props} />
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

const HERE: Record<Exclude<AffiliateProgram["status"], "approved">, string> = {
  pending: "here once the merchant has approved your application",
  rejected: "here once the merchant has approved you",
  suspended: "here again once the merchant has approved you again",
};

function NotApproved({ name, status }: { name: string; status: keyof typeof HERE }) {
  return (
    <section class="card" aria-labelledby="creatives">
      <h2 id="creatives">Creatives and resources</h2>
      <p class="empty">
        The banners, texts and resources of {name} are {HERE[status]}.
      </p>
    </section>
  );
}

function NoLink({ program, total }: Pick<CreativesProps, "program" | "total">) {
  return (
    <p class="empty">
      <strong>You have no link that works now.</strong>{" "}
      {refuseNewLink(program, total) === null ? (
        <>
          <a href={addressOf("/app/links", { program: program.slug })}>Make one</a>, and everything here is ready with
          it.
        </>
      ) : (
        <>You have {total} links, as many as there can be: please ask the merchant to let one of them work.</>
      )}
    </p>
  );
}

/** Everything below is filled with one link; which one is the affiliate's choice. */
function LinkChoice({ links, link, asked, origin, now }: CreativesProps & { link: PromotedLink }) {
  const choices = links.some(({ id }) => id === link.id) ? links : [link, ...links];
  return (
    <>
      {choices.length > 1 && (
        <form method="get" action="/app/program#creatives" class="use-link spaced">
          {Object.entries(asked).map(
            ([name, value]) => value !== null && <input type="hidden" name={name} value={value} />,
          )}
          <div class="field">
            <label for="use-link">Use this link</label>
            <select id="use-link" name="link">
              {choices.map((choice) => (
                <option value={String(choice.id)} selected={choice.id === link.id}>
                  {choice.channel === null ? choice.slug : `${choice.slug}, ${choice.channel}`}
                </option>
              ))}
            </select>
          </div>
          <button type="submit">Fill in</button>
        </form>
      )}
      <div class="spaced">
        <p class="address">
          Filled with <strong>{withoutScheme(buildLinkUrl(link, origin))}</strong>
        </p>
        <LinkTags link={link} now={now} />
        <LinkTarget destination={link.destination} />
      </div>
    </>
  );
}

function Usable(props: CreativesProps & { creative: ImageCreative | TextCreative }) {
  const { creative, link, origin, rules } = props;
  const { id, title, destination_url } = creative;
  const ready = link && addressForCreative(link, destination_url, { origin, rules });
  return (
    <>
      <h3 id={id}>{title}</h3>
      {creative.kind === "image" && <Picture image={creative} />}
      {ready !== null && (
        <>
          <Copyable
            id={id}
            label={creative.kind === "image" ? "HTML to paste into your page" : "Text to paste"}
            text={
              creative.kind === "image" ? writeSnippet(creative, ready.address) : fillText(creative.text, ready.address)
            }
            isCode={creative.kind === "image"}
          />
          {destination_url !== null && <Destination destination={destination_url} miss={ready.miss} {...props} />}
        </>
      )}
    </>
  );
}

/** The picture itself is on another site, which the portal asks for nothing. */
function Picture({ image: { url, width, height, alt } }: { image: ImageCreative }) {
  return (
    <p class="address">
      <Outside href={url}>Look at the picture</Outside>{" "}
      <span class="muted">
        {formatCount(width)} × {formatCount(height)} px: {alt}
      </span>
    </p>
  );
}

function Outside({ href, children }: { href: string; children?: Child }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <span class="vh"> (opens in a new tab)</span>
    </a>
  );
}

function Copyable(props: { id: string; label: string; text: string; isCode: boolean }) {
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

function Destination(props: CreativesProps & { destination: string; miss: Miss | null }) {
  const { destination, miss, program, total } = props;
  if (miss === null) return <LinkTarget destination={destination} />;
  const page = withoutScheme(destination);
  if (miss === "against_rules") {
    return (
      <p class="note address">
        Made for {page}, where the merchant no longer lets links lead. It is filled with your link as it is.
      </p>
    );
  }
  return (
    <p class="note address">
      Made for {page}, where this link{" "}
      {miss === "leads_elsewhere" ? "does not lead" : "leads only some of its visitors"}.{" "}
      {refuseNewLink(program, total) === null ? (
        <>
          <a href={addressOf("/app/links", { program: program.slug })}>Make a tracking link</a> that leads there, and
          choose it above.
        </>
      ) : (
        <>You have {total} links, as many as there can be: please ask the merchant to let this one lead there.</>
      )}
    </p>
  );
}

function Resources({ resources, program }: { resources: readonly Resource[]; program: { name: string } }) {
  if (resources.length === 0) {
    return (
      <p class="empty">
        <strong>{program.name} has put up no resources yet.</strong> Press kits, logos and brand guidelines will be
        linked here.
      </p>
    );
  }
  return (
    <ul class="versions">
      {resources.map(({ title, url }) => (
        <li class="address">
          <Outside href={url}>{title}</Outside> <span class="muted">{new URL(url).host}</span>
        </li>
      ))}
    </ul>
  );
}
