import type * as v from "valibot";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import type { previewed, version } from "../reference/terms.ts";
import type { TypicalSale } from "./typical-sales.ts";

/** A version of the terms as the API shows it. */
export type VersionView = v.InferOutput<typeof version>;
/** What sales would earn, as the API shows it. */
export type PreviewView = v.InferOutput<typeof previewed>;

/** Terms in words. */
export function TermsWords({ words }: { words: VersionView["words"] }) {
  return (
    <div class="terms">
      {words.map(({ heading, lines }) => (
        <div class="term">
          <h3>{heading}</h3>
          <div>
            {lines.map((line) => (
              <p>{line}</p>
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

/** What typical sales would earn. */
export function TypicalSales(props: { sales: readonly TypicalSale[]; preview: PreviewView; currency: string }) {
  const { sales, preview, currency } = props;
  const earnedBy = (place: number) => {
    const entries = preview.sales.find(({ sale }) => sale === place)?.entries ?? [];
    return entries.reduce((sum, { amount }) => sum + amount, 0);
  };
  const total = sales.reduce((sum, _, place) => sum + earnedBy(place), 0);
  return (
    <>
      <p class="muted">
        Together these {sales.length} sales would earn {formatMoney(total, currency)}.
      </p>
      <DataTable
        caption="What typical sales would earn"
        columns={[
          { label: "Sale", is_heading: true },
          { label: "Amount", is_number: true },
          { label: "Commission", is_number: true },
        ]}
        rows={sales.map(({ label, sale }, place) => [
          label,
          formatMoney(sale.amount, currency),
          formatMoney(earnedBy(place), currency),
        ])}
      />
    </>
  );
}
