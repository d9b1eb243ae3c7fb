/** A sale that the merchant enters by hand, with its effect before it is stored. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, show } from "../../console/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { readAmount, readUtcTime, writeUtcTime } from "./entered.ts";
import { ConfirmSalePage, NewSalePage } from "./new-sale-page.tsx";
import type { ConversionRow, CreditEffect } from "./views.ts";

export function addNewSaleRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/sales/new", allow("write"), async (c) => {
    const { affiliate = "" } = c.req.query();
    const { currency } = await readProgram(c);
    return showNewSale(c, newForm({ currency, occurred_at: writeUtcTime(c.var.now), affiliate }));
  });

  app.post("/programs/:program/sales/new", allow("write"), async (c) => {
    const { [FORM_KEY]: idempotency_key, confirmed, ...values } = await readFormFields(c);
    const { slug } = await readProgram(c);
    const body = readNewSale(slug, values);
    if (confirmed !== "yes") {
      const previewed = await changeApi<CreditEffect>(c, { method: "POST", path: "/conversions/preview", body });
      if (!previewed.ok) return showNewSale(c, { values, problem: previewed.problem });
      const page = <ConfirmSalePage program={slug} {...{ values, body }} effect={previewed.body} />;
      return show(c, 200, "Enter a sale", page);
    }
    const entered = await changeApi<ConversionRow>(c, { method: "POST", path: "/conversions", body, idempotency_key });
    if (!entered.ok) return showNewSale(c, { values, problem: entered.problem });
    return c.redirect(programHref(slug, `/sales/${entered.body.id}?done=entered`), 303);
  });
}

/** The program that the path names. Throws 404. */
export function readProgram(c: ConsoleContext): Promise<{ slug: string; currency: string }> {
  return readApi(c, `/programs/${encodeURIComponent(c.req.param("program") ?? "")}`);
}

function showNewSale(c: ConsoleContext, state: FormState): Response | Promise<Response> {
  const page = <NewSalePage program={c.req.param("program") ?? ""} state={state} />;
  return show(c, state.problem === null ? 200 : 422, "Enter a sale", page);
}

/** The API's body of what was entered. Fields that were left empty aren't sent. */
function readNewSale(program: string, values: Readonly<Record<string, string>>) {
  const { affiliate = "", customer = "", payment = "", amount = "", occurred_at = "", reason = "" } = values;
  const currency = (values.currency ?? "").trim().toUpperCase();
  const { namespace = "", email = "", product = "", subscription = "" } = values;
  const optional = Object.entries({ namespace, email, product, subscription }).map(([name, text]) => [
    name,
    text.trim(),
  ]);
  return {
    ...{ program, affiliate: affiliate.trim(), customer: customer.trim(), payment: payment.trim() },
    ...{ amount: readAmount(amount, currency), currency, occurred_at: readUtcTime(occurred_at), reason },
    ...(Object.fromEntries(optional.filter(([, text]) => text !== "")) as { namespace?: string; product?: string }),
  };
}
