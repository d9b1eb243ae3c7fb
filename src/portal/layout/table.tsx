/**
 * A table that becomes a list of cards on a phone. Laying cells out as blocks takes their meaning as a table away in
 * some browsers, so that the roles are said again.
 */
import type { Child } from "hono/jsx";

/** A column. */
export interface Column {
  label: string;
  /** Figures stand to the right, one below the other. */
  is_number?: boolean;
  /** On a phone: the card's heading. */
  is_heading?: boolean;
  /** On a phone: takes the card's whole width, without its label. */
  is_wide?: boolean;
}

/** The table; each row has a cell for each column. */
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
