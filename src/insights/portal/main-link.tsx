import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { buildLinkUrl } from "../../links/link-url.ts";
import { CopyUrl, QrFigure, ShareButton, ShareLinks } from "../../links/portal/share.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import type { LinkView } from "../link-queries.ts";

interface MainLinkProps {
  program: AffiliateProgram;
  /** Null if the affiliate has no link that works now. */
  link: LinkView | null;
  /** What the affiliate earns, and how many other rates there are. */
  reward: { sentence: string; others: number } | null;
  /** The portal's origin. */
  origin: string;
}

/** The overview's first card: the link to share, and what sharing it earns. */
export function MainLinkCard({ program, link, reward, origin }: MainLinkProps) {
  if (program.status !== "approved") return null;
  const terms = buildHref("/app/program", { program: program.slug });
  return (
    <section class="card main-link" aria-labelledby="main-link">
      <h2 id="main-link">Your link</h2>
      {reward !== null && (
        <p class="reward">
          {reward.sentence}{" "}
          <a href={terms}>
            {reward.others === 0 ? "Terms" : `${reward.others} more ${reward.others === 1 ? "rate" : "rates"}`}
          </a>
        </p>
      )}
      {link === null ? (
        <p class="empty">
          You have no link yet.{" "}
          <a href={`${buildHref("/app/links", { program: program.slug })}#new-link`}>Create your first link</a>
        </p>
      ) : (
        <Share link={link} program={program} origin={origin} />
      )}
    </section>
  );
}

function Share({ link, program, origin }: { link: LinkView; program: AffiliateProgram; origin: string }) {
  const url = buildLinkUrl(link, origin);
  return (
    <>
      <CopyUrl url={url}>
        <ShareButton url={url} title={program.name} />
      </CopyUrl>
      <details class="share-more">
        <summary>QR code and sharing</summary>
        <ShareLinks url={url} title={program.name} />
        <QrFigure url={url} path={`/app/links/${link.id}`} params={{}} />
      </details>
    </>
  );
}
