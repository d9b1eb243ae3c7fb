import type { Child } from "hono/jsx";
import { FormKey } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import {
  Confirm,
  Done,
  Empty,
  Filter,
  FilterField,
  FilterSelect,
  PageHead,
  Pager,
  StatusTag,
} from "../../console/layout/parts.tsx";
import { Count, Money, None } from "../../portal/layout/figures.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import { ACTIONS, EFFECTS, type EnteredChange, explainRefusal } from "./change.ts";
import { affiliateHref, type GroupView, type ListedView, listGroupOptions, type RowView, STATUSES } from "./views.ts";

const SORTS = [
  ["", "Newest first"],
  ["created_at", "Oldest first"],
  ["username", "Username, A–Z"],
  ["-username", "Username, Z–A"],
] as const;

const CONFIRMATIONS = { erased: "The affiliate’s personal data is erased." };

interface ListProps {
  program: string;
  affiliates: readonly ListedView[];
  groups: readonly GroupView[];
  next: string | null;
  /** Filters, sort and cursor, as in the page's query. */
  params: QueryParams;
  may_write: boolean;
  done: string | undefined;
}

/** The affiliates of a program, with a filter and changes of several at once. */
export function AffiliatesPage(props: ListProps) {
  const { program, affiliates, groups, next, params, may_write, done } = props;
  const path = programHref(program, "/affiliates");
  const { cursor: _, ...filters } = params;
  const { sort: __, ...narrowing } = filters;
  const isFiltered = Object.values(narrowing).some(Boolean);
  return (
    <div class="stack">
      <PageHead title="Affiliates" note="Figures count from the beginning, test sales aside.">
        <a class="button" href={buildHref(`${path}.csv`, filters)} download>
          Download CSV
        </a>
        {may_write && (
          <a class="button primary" href={`${path}/new`}>
            Add affiliate
          </a>
        )}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <ListFilter path={path} groups={groups} params={params} />
      <section class="card" aria-label="Affiliates">
        {affiliates.length === 0 ? (
          <NoAffiliates path={path} is_filtered={isFiltered} may_write={may_write} />
        ) : (
          <>
            <AffiliateTable program={program} affiliates={affiliates} groups={groups} may_write={may_write} />
            {may_write && <BulkForm path={path} groups={groups} />}
          </>
        )}
        <Pager path={path} params={params} next={next} />
      </section>
    </div>
  );
}

function ListFilter({ path, groups, params }: { path: string; groups: readonly GroupView[]; params: QueryParams }) {
  const field = (name: string) => params[name] ?? undefined;
  const { cursor: _, ...filters } = params;
  const statuses = Object.entries(STATUSES).map(([status, { label }]) => [status, label] as const);
  return (
    <Filter action={path} is_active={Object.values(filters).some(Boolean)}>
      <FilterField name="q" label="Name or username" value={field("q")} />
      <FilterSelect name="status" label="Status" value={field("status")} options={[["", "All"], ...statuses]} />
      <FilterSelect
        name="group"
        label="Group"
        value={field("group")}
        options={[["", "All"], ...listGroupOptions(groups)]}
      />
      <FilterSelect name="sort" label="Order" value={field("sort")} options={SORTS} />
    </Filter>
  );
}

function NoAffiliates(props: { path: string; is_filtered: boolean; may_write: boolean }) {
  const { path, is_filtered, may_write } = props;
  if (is_filtered) {
    return (
      <Empty>
        No affiliate matches the filter. <a href={path}>Show all</a>
      </Empty>
    );
  }
  return (
    <Empty>
      <strong>No affiliates yet.</strong>{" "}
      {may_write ? (
        <>
          <a href={`${path}/new`}>Add the first one</a> with a link to share.
        </>
      ) : (
        "They appear here once a manager adds them."
      )}
    </Empty>
  );
}

type TableProps = Pick<ListProps, "program" | "affiliates" | "groups" | "may_write">;

function AffiliateTable({ program, affiliates, groups, may_write }: TableProps) {
  const names = new Map(groups.map(({ slug, name }) => [slug, name]));
  const hasTiers = affiliates.some(({ tier }) => tier !== null);
  return (
    <DataTable
      caption="Affiliates"
      columns={[
        { label: "Affiliate", is_heading: true },
        { label: "Status" },
        { label: hasTiers ? "Group and tier" : "Group" },
        { label: "Clicks", is_number: true },
        { label: "Sales", is_number: true },
        { label: "Earned", is_number: true },
        { label: "Due", is_number: true },
        { label: "Last activity" },
      ]}
      rows={affiliates.map((row) => [
        <AffiliateName program={program} row={row} is_selectable={may_write} />,
        <Status status={row.status} />,
        <>
          {names.get(row.group) ?? row.group}
          {row.tier !== null && <span class="note">{row.tier}</span>}
        </>,
        <Count count={row.clicks} />,
        <Count count={row.sales} />,
        <Money amounts={row.balances.map(({ earned, currency }) => ({ amount: earned, currency }))} />,
        <Money amounts={row.balances.map(({ due, currency }) => ({ amount: due, currency }))} />,
        row.last_activity_at === null ? <None /> : <DateOnly ms={Date.parse(row.last_activity_at)} />,
      ])}
    />
  );
}

function AffiliateName({ program, row, is_selectable }: { program: string; row: ListedView; is_selectable: boolean }) {
  const { affiliate, name } = row;
  const link = (
    <span>
      <a href={affiliateHref(program, affiliate)}>{name}</a>
      <span class="note">{affiliate}</span>
    </span>
  );
  if (!is_selectable) return link;
  return (
    <span class="select-row">
      <input type="checkbox" form="bulk" name="affiliate" value={affiliate} aria-label={`Select ${name}`} />
      {link}
    </span>
  );
}

/** An enrollment's status as a tag. */
export function Status({ status }: { status: keyof typeof STATUSES }) {
  const { label, tone } = STATUSES[status];
  return <StatusTag tone={tone}>{label}</StatusTag>;
}

function BulkForm({ path, groups }: { path: string; groups: readonly GroupView[] }) {
  const hasGroups = groups.length > 1;
  return (
    <form id="bulk" method="post" action={`${path}/bulk`} class="bulk" data-bulk="">
      <FormKey />
      <label for="bulk-action">With the selected</label>
      <select id="bulk-action" name="action">
        {ACTIONS.filter((action) => action !== "move").map((action) => (
          <option value={action}>{EFFECTS[action].verb}</option>
        ))}
        {hasGroups && <option value="move">Move to a group</option>}
      </select>
      {hasGroups && (
        <select name="group" aria-label="Group to move to">
          {listGroupOptions(groups).map(([slug, name]) => (
            <option value={slug}>{name}</option>
          ))}
        </select>
      )}
      <button type="submit">Continue</button>
    </form>
  );
}

interface ConfirmProps {
  program: string;
  usernames: readonly string[];
  change: EnteredChange;
  groups: readonly GroupView[];
}

/** Shows a change of several affiliates before it is made, and asks for a reason. */
export function ConfirmBulkPage({ program, usernames, change, groups }: ConfirmProps) {
  const path = programHref(program, "/affiliates");
  const { verb, effect, undo } = EFFECTS[change.action];
  const title = `${verb} ${nameCount(usernames.length)}${change.action === "move" ? ` to ${nameGroup(groups, change.group)}` : ""}?`;
  return (
    <div class="stack">
      <PageHead title={title} back={{ href: path, label: "Affiliates" }} />
      <Confirm
        action={`${path}/bulk`}
        effect={
          <>
            <p>{effect}</p>
            <p class="address">{usernames.join(", ")}</p>
          </>
        }
        undo={undo}
        submit={`${verb} ${nameCount(usernames.length)}`}
        cancel={path}
        is_danger={change.action === "reject" || change.action === "suspend"}
        values={{ affiliate: usernames, action: change.action, group: change.group }}
        fields={change.action === "move" ? null : <ReasonField />}
      />
    </div>
  );
}

/** The merchant's reason for a status. */
export function ReasonField({ value = "" }: { value?: string }): Child {
  return (
    <div class="field full">
      <label for="field-reason">Reason</label>
      <input id="field-reason" name="reason" maxlength={200} value={value} aria-describedby="field-reason-note" />
      <span class="note" id="field-reason-note">
        Optional. The affiliate reads it in the portal.
      </span>
    </div>
  );
}

/** The result of each affiliate of a bulk change. */
export function BulkResultPage(props: {
  program: string;
  usernames: readonly string[];
  change: EnteredChange;
  rows: readonly RowView[];
}) {
  const { program, usernames, change, rows } = props;
  const path = programHref(program, "/affiliates");
  const refused = rows.filter(({ problem }) => problem !== null).length;
  const { past, verb } = EFFECTS[change.action];
  return (
    <div class="stack">
      <PageHead title={`${past} ${nameCount(rows.length - refused)}`} back={{ href: path, label: "Affiliates" }} />
      {refused > 0 && (
        <p class="notice" role="alert">
          {nameCount(refused)} couldn’t be changed. The table says why.
        </p>
      )}
      <section class="card" aria-label="Results">
        <DataTable
          caption={`${verb}: results`}
          columns={[{ label: "Affiliate", is_heading: true }, { label: "Status" }, { label: "Result", is_wide: true }]}
          rows={rows.map(({ index, record, problem }) => [
            <a href={affiliateHref(program, usernames[index] ?? "")}>{usernames[index]}</a>,
            record === null ? <None /> : <Status status={record.status} />,
            problem === null ? "Done" : <span class="fault">{explainRefusal(problem)}</span>,
          ])}
        />
      </section>
    </div>
  );
}

/** `1 affiliate`, `3 affiliates`. */
function nameCount(count: number): string {
  return `${count} ${count === 1 ? "affiliate" : "affiliates"}`;
}

function nameGroup(groups: readonly GroupView[], slug: string): string {
  return groups.find((group) => group.slug === slug)?.name ?? slug;
}
