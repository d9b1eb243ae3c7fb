import { Time } from "../../portal/layout/time.tsx";
import type { Announcement } from "../queries.ts";

/** The overview's card with what the merchant has announced. Line breaks of the text stay. */
export function Announcements({ announcements }: { announcements: readonly Announcement[] }) {
  if (announcements.length === 0) return null;
  return (
    <section class="card" aria-labelledby="announcements">
      <h2 id="announcements">Announcements</h2>
      {announcements.map(({ title, text, created_at }) => (
        <article class="announcement">
          <h3>{title}</h3>
          <p class="note">
            <Time ms={created_at} />
          </p>
          <p class="prose">{text}</p>
        </article>
      ))}
    </section>
  );
}
