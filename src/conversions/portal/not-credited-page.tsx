import { buildHref } from "../../portal/layout/href.ts";
import { Time } from "../../portal/layout/time.tsx";
import { nameType } from "../../portal/layout/words.ts";
import type { readTouchedConversion, TouchedView } from "../touched-queries.ts";
import { Entries } from "./conversion-page.tsx";
import { nameTouch } from "./touches.ts";

interface NotCreditedProps {
  touched: NonNullable<Awaited<ReturnType<typeof readTouchedConversion>>>;
}

/** `/app/conversions/:id` for an affiliate whose touch was considered but not credited. */
export function NotCreditedPage({ touched: { view, program, entries } }: NotCreditedProps) {
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={buildHref("/app/conversions", { program: program.slug, show: "lost" })}>
          <span aria-hidden="true">← </span>
          {program.name} conversions
        </a>
      </nav>
      <div class="page-head">
        <h1>{nameType(view.type)}, not credited</h1>
      </div>
      <section class="card" aria-labelledby="why">
        <h2 id="why">Why you weren’t credited</h2>
        <p class="muted">
          <Time ms={Date.parse(view.occurred_at)} />
        </p>
        {view.notes.map((note) => (
          <p class="notice">{note}</p>
        ))}
        <h3>Your clicks and referrals</h3>
        <TouchList view={view} />
        <p class="empty">To protect privacy, this page doesn’t show the customer or the credited affiliate.</p>
      </section>
      {entries.length > 0 && (
        <section class="card" aria-labelledby="ledger">
          <h2 id="ledger">Reversed commission</h2>
          <Entries entries={entries} type={view.type} program={program.slug} />
        </section>
      )}
    </>
  );
}

function TouchList({ view }: { view: TouchedView }) {
  return (
    <ol class="touches">
      {view.touches.map((touch) => (
        <li>
          <span class="touch-link">
            {nameTouch(touch)}
            {touch.channel !== null && <span class="muted"> {touch.channel}</span>}
          </span>
          <span class="touch-outcome">{touch.text}</span>
          <span class="touch-time">
            <Time ms={Date.parse(touch.clicked_at)} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Conversions for which the affiliate's touches were considered but not credited. */
export function NotCreditedList({ conversions }: { conversions: readonly TouchedView[] }) {
  return (
    <ol class="touches">
      {conversions.map(({ id, type, occurred_at, touches }) => (
        <li>
          <span class="touch-link">
            <a href={`/app/conversions/${id}`}>{nameType(type)}</a>
          </span>
          <span class="touch-outcome">{touches[0]?.text}</span>
          <span class="touch-time">
            <Time ms={Date.parse(occurred_at)} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The overview's card with the latest conversions that weren't credited. Renders nothing if there are none. */
export function NotCreditedCard({ conversions }: { conversions: readonly TouchedView[] }) {
  if (conversions.length === 0) return null;
  return (
    <section class="card" aria-labelledby="not-credited">
      <div class="card-head">
        <h2 id="not-credited">Not credited</h2>
      </div>
      <NotCreditedList conversions={conversions} />
    </section>
  );
}
