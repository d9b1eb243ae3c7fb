/**
 * A table that becomes a list of cards on a phone. Some browsers drop the table semantics of cells that are displayed as
 * blocks, so the ARIA roles are explicit.
 */
import type { Child } from "hono/jsx";

/** A column. */
export interface Column {
  label: string;
  /** Aligns to the right. */
  is_number?: boolean;
  /** The row's heading; on a phone, the card's. */
  is_heading?: boolean;
  /** On a phone: full width, without a label. */
  is_wide?: boolean;
}

/** The table. Each row has one cell per column. */
export function DataTable({ caption, columns, rows }: { caption: string; columns: Column[]; rows: Child[][] }) {
  return (
    <table class="data" {...role("table")}>
      <caption class="vh">{caption}</caption>
      <thead {...role("rowgroup")}>
        <tr {...role("row")}>
          {columns.map((column) => (
            <th scope="col" class={classOf(column)} {...role("columnheader")}>
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...role("rowgroup")}>
        {rows.map((cells) => (
          <tr {...role("row")}>
            {columns.map((column, index) =>
              column.is_heading ? (
                <th scope="row" class={classOf(column)} {...role("rowheader")}>
                  {cells[index]}
                </th>
              ) : (
                <td class={classOf(column)} data-label={column.label} {...role("cell")}>
                  {cells[index]}
                </td>
              ),
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function role(name: string): { role: string } {
  return { role: name };
}

function classOf({ is_number, is_heading, is_wide }: Column): string {
  return [is_number && "num", is_heading && "lead", is_wide && "wide"].filter(Boolean).join(" ");
}
