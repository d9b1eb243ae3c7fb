import { FormKey } from "../../console/layout/form.tsx";

/** The choice above the list: its checkboxes belong to this form. */
export function BulkForm({ path }: { path: string }) {
  return (
    <form id="bulk" method="post" action={`${path}/bulk`} class="bulk" data-bulk="">
      <FormKey />
      <label for="bulk-action">With the selected</label>
      <select id="bulk-action" name="action">
        <option value="credit">Move credit</option>
        <option value="withdraw">Withdraw credit</option>
      </select>
      <button type="submit">Continue</button>
    </form>
  );
}
