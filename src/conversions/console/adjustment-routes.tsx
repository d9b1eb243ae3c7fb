/** An adjustment of an affiliate's balance, with its effect before it is posted. */
import type * as v from "valibot";
import { adjustment } from "../../affiliates/account-api.ts";
import type { balances } from "../../commissions/reference/schemas.ts";
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, show } from "../../console/layout/page.tsx";
import { Problem } from "../../lib/problem.ts";
import { parseAllFields } from "../../lib/validation.ts";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { AdjustmentPage, ConfirmAdjustmentPage } from "./adjustment-page.tsx";
import { readAmount } from "./entered.ts";
import { readProgram } from "./new-sale-routes.tsx";

export function addAdjustmentRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/sales/adjust", allow("write"), async (c) => {
    const { currency } = await readProgram(c);
    const { affiliate = "" } = c.req.query();
    return showAdjustment(c, newForm({ affiliate, currency, direction: "add" }));
  });

  app.post("/programs/:program/sales/adjust", allow("write"), async (c) => {
    const { [FORM_KEY]: idempotency_key, confirmed, ...values } = await readFormFields(c);
    const { slug } = await readProgram(c);
    try {
      const body = readAdjustment(values);
      const affiliate = (values.affiliate ?? "").trim();
      const account = `/programs/${slug}/affiliates/${encodeURIComponent(affiliate)}`;
      const due = await readDue(c, account, body.currency);
      if (confirmed !== "yes") {
        const page = <ConfirmAdjustmentPage program={slug} {...{ ...body, affiliate, due, values }} />;
        return show(c, 200, "Adjust a balance", page);
      }
      const path = `${account}/adjustments`;
      const adjusted = await changeApi(c, { method: "POST", path, body, idempotency_key });
      if (!adjusted.ok) throw adjusted.problem;
    } catch (error) {
      if (!(error instanceof Problem) || ![404, 409, 422].includes(error.status)) throw error;
      return showAdjustment(c, { values, problem: error });
    }
    return c.redirect(programHref(slug, "/sales/adjust?done=posted"), 303);
  });
}

function showAdjustment(c: ConsoleContext, state: FormState): Response | Promise<Response> {
  const page = <AdjustmentPage program={c.req.param("program") ?? ""} state={state} done={c.req.query("done")} />;
  return show(c, state.problem === null ? 200 : 422, "Adjust a balance", page);
}

/** The API's body of what was entered. Throws what the API would, before anything is confirmed. */
function readAdjustment(values: Readonly<Record<string, string>>): v.InferOutput<typeof adjustment> {
  const { amount = "", direction, reason = "" } = values;
  const currency = (values.currency ?? "").trim().toUpperCase();
  const units = readAmount(amount, currency);
  const signed = direction === "deduct" && typeof units === "number" ? -units : units;
  return parseAllFields(adjustment, { amount: signed, currency, reason: reason.trim() });
}

/** What the affiliate is owed in a currency, in minor units. Throws the fault of the form's field if there is no such affiliate. */
async function readDue(c: ConsoleContext, path: string, currency: string): Promise<number> {
  try {
    const account = await readApi<{ balances_by_currency: v.InferOutput<typeof balances>[] }>(c, path);
    return account.balances_by_currency.find((balance) => balance.currency === currency)?.due ?? 0;
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 404) throw error;
    const { code, message } = error;
    throw new Problem(422, code, message, "affiliate", [{ field: "affiliate", code, detail: message }]);
  }
}
