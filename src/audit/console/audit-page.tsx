import type * as v from "valibot";
import type { NavProgram } from "../../console/layout/page.tsx";
import { Empty, Filter, FilterField, FilterSelect, PageHead, Pager } from "../../console/layout/parts.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { entry } from "../reference/audit.ts";

/** An entry as the API shows it. */
export type AuditView = v.InferOutput<typeof entry>;

/** Longer values are cut: the API has them whole. */
const VALUE_MAX_CHARACTERS = 120;

/** The audit log with its filter, newest first. */
export function AuditPage(props: {
  entries: readonly AuditView[];
  next: string | null;
  params: QueryParams;
  programs: readonly NavProgram[];
}) {
  const { entries, next, params, programs } = props;
  const { cursor: _, ...filters } = params;
  const field = (name: string) => filters[name] ?? undefined;
  return (
    <div class="stack">
      <PageHead title="Audit log" note="Every change by a user, an API key or an affiliate, newest first." />
      <Filter action="/admin/audit" is_active={Object.values(filters).some(Boolean)}>
        <FilterSelect
          name="program"
          label="Program"
          value={field("program")}
          options={[["", "All"], ...programs.map(({ slug, name }) => [slug, name] as const)]}
        />
        <FilterField name="from" label="From" type="date" value={field("from")} />
        <FilterField name="to" label="To" type="date" value={field("to")} />
        <FilterField name="action" label="Action" value={field("action")} />
        <FilterField name="actor" label="Actor’s id" value={field("actor")} />
        <FilterField name="subject" label="Subject" value={field("subject")} />
      </Filter>
      <section class="card" aria-label="Entries">
        {entries.length === 0 ? (
          <Empty>Nothing was changed yet, or no change matches the filter.</Empty>
        ) : (
          <AuditTable entries={entries} />
        )}
        <Pager path="/admin/audit" params={params} next={next} />
      </section>
    </div>
  );
}

/** Entries of the audit log. */
export function AuditTable({ entries }: { entries: readonly AuditView[] }) {
  return (
    <DataTable
      caption="Audit log"
      columns={[
        { label: "Time" },
        { label: "Who" },
        { label: "What", is_heading: true },
        { label: "Changes", is_wide: true },
      ]}
      rows={entries.map((entry) => [
        <Time ms={Date.parse(entry.at)} />,
        <a href={buildHref("/admin/audit", { actor: entry.actor.id })}>{entry.actor.name ?? nameActor(entry)}</a>,
        <>
          {entry.action}
          <span class="note">
            {entry.subject}
            {entry.program !== null && entry.program !== entry.subject && ` in ${entry.program}`}
          </span>
        </>,
        <Changes entry={entry} />,
      ])}
    />
  );
}

function nameActor({ actor: { kind, id } }: AuditView): string {
  if (kind === "system") return "Lastclick";
  return kind === "key" && id === "first" ? "Admin key" : id;
}

function Changes({ entry: { before, after } }: { entry: AuditView }) {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return (
    <span class="code">
      {names.map((name) => (
        <span class="target">
          {name}: {before !== null && name in before && `${showValue(before[name])} → `}
          {after === null ? "removed" : showValue(after[name])}
        </span>
      ))}
    </span>
  );
}

function showValue(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "none");
  return text.length > VALUE_MAX_CHARACTERS ? `${text.slice(0, VALUE_MAX_CHARACTERS)}…` : text;
}
