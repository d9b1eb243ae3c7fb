import { Field, Form, type FormState, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Done, Empty, PageHead, Pager } from "../../console/layout/parts.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";

/** An announcement, as the API has it. */
export interface AnnouncementView {
  id: string;
  title: string;
  text: string;
  created_at: string;
}

const CONFIRMATIONS = {
  created: "Announced. Affiliates see it on their overview for 30 days.",
  removed: "Announcement removed.",
};

/** A program's announcements, newest first, and the form for another one. */
export function AnnouncementsPage(props: {
  program: string;
  announcements: readonly AnnouncementView[];
  next: string | null;
  cursor: string | null;
  state: FormState;
  may_write: boolean;
  done: string | undefined;
}) {
  const { program, announcements, next, cursor, state, may_write, done } = props;
  const path = programHref(program, "/announcements");
  return (
    <div class="stack">
      <PageHead title="Announcements" note="The portal’s overview shows the three latest for 30 days." />
      <Done done={done} texts={CONFIRMATIONS} />
      {may_write && (
        <section class="card" aria-labelledby="new-announcement">
          <h2 id="new-announcement">New announcement</h2>
          <Form action={path} state={state} submit="Announce" fields={["title", "text"]}>
            <Field state={state} name="title" label="Title" required />
            <TextField state={state} name="text" label="Text" required rows={5} />
          </Form>
        </section>
      )}
      <section class="card" aria-label="Announcements">
        {announcements.length === 0 ? (
          <Empty>No announcements yet.</Empty>
        ) : (
          <DataTable
            caption="Announcements, newest first"
            columns={[
              { label: "Title", is_heading: true },
              { label: "Date" },
              { label: "Text", is_wide: true },
              ...(may_write ? [{ label: "Actions" }] : []),
            ]}
            rows={announcements.map(({ id, title, text, created_at }) => [
              <span class="address">{title}</span>,
              <Time ms={Date.parse(created_at)} />,
              <span class="explanation address">{text}</span>,
              ...(may_write
                ? [
                    <a href={`${path}/${encodeURIComponent(id)}/remove`} aria-label={`Remove ${title}`}>
                      Remove
                    </a>,
                  ]
                : []),
            ])}
          />
        )}
        <Pager path={path} params={{ cursor }} next={next} />
      </section>
    </div>
  );
}
