import { Time } from "../../portal/layout/time.tsx";
import { nameType } from "../../portal/layout/words.ts";
import type { readOwnTouched, TouchedView } from "../touched-queries.ts";
import { Entries } from "./conversion-page.tsx";
import { nameTouch } from "./touches.ts";

/** `/app/conversions/:id` for an affiliate whose touch was weighed and did not get the credit. */
export function TouchedPage({ touched }: { touched: NonNullable<Awaited<ReturnType<typeof readOwnTouched>>> }) {
  const { view, program, entries } = touched;
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={`/app?${new URLSearchParams({ program: program.slug })}`}>
          <span aria-hidden="true">← </span>Overview of {program.name}
        </a>
      </nav>
      <div class="page-head">
        <h1>{nameType(view.type)} that you did not get</h1>
      </div>
      <section class="card" aria-labelledby="why">
        <h2 id="why">Why it is not yours</h2>
        <p class="muted">
          <Time ms={Date.parse(view.occurred_at)} />
        </p>
        {view.notes.map((note) => (
          <p class="notice">{note}</p>
        ))}
        <h3>What you had brought</h3>
        <OwnTouches view={view} />
        <p class="empty">Who the customer is, and who got the credit if anybody did, is not shown.</p>
      </section>
      {entries.length > 0 && (
        <section class="card" aria-labelledby="ledger">
          <h2 id="ledger">What was taken back</h2>
          <Entries entries={entries} type={view.type} program={program.slug} />
        </section>
      )}
    </>
  );
}

function OwnTouches({ view }: { view: TouchedView }) {
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

/** Conversions that the affiliate's touches were weighed for in vain. */
export function TouchedList({ touched }: { touched: readonly TouchedView[] }) {
  return (
    <ol class="touches">
      {touched.map((view) => (
        <li>
          <span class="touch-link">
            <a href={`/app/conversions/${view.id}`}>{nameType(view.type)}</a>
          </span>
          <span class="touch-outcome">{view.touches[0]?.text}</span>
          <span class="touch-time">
            <Time ms={Date.parse(view.occurred_at)} />
          </span>
        </li>
      ))}
    </ol>
  );
}

/** On the overview: the latest conversions that the affiliate's touches were weighed for in vain; nothing where there are none. */
export function Touched({ touched }: { touched: readonly TouchedView[] }) {
  if (touched.length === 0) return null;
  return (
    <section class="card" aria-labelledby="touched">
      <div class="card-head">
        <h2 id="touched">Touched by you, not credited to you</h2>
      </div>
      <TouchedList touched={touched} />
    </section>
  );
}
