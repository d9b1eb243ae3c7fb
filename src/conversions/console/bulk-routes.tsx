/** Moving or withdrawing the credit of several conversions, with their effect in one sum first. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm, readFormLists } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, show } from "../../console/layout/page.tsx";
import { Problem } from "../../lib/problem.ts";
import { sumEffects } from "./bulk-effect.ts";
import { type BulkAction, BulkDecisionPage, BulkResultPage, ConfirmBulkPage } from "./bulk-pages.tsx";
import type { ConversionDetails, CreditEffect } from "./views.ts";

/** How many conversions can be chosen: each preview calls an object. It is a page of the list. */
const CHOSEN_MAX = 40;

interface RowResult {
  index: number;
  problem: { detail: string } | null;
}

export function addBulkRoutes(app: ConsoleApp): void {
  app.post("/programs/:program/sales/bulk", allow("write"), async (c) => {
    const lists = await readFormLists(c);
    const program = c.req.param("program");
    const action: BulkAction = lists.action?.[0] === "withdraw" ? "withdraw" : "credit";
    const conversions = await readChosen(c, program, lists.conversion ?? []);
    if (conversions.length === 0) return c.redirect(programHref(program, "/sales?done=none"), 303);
    const values = { affiliate: lists.affiliate?.[0]?.trim() ?? "", reason: lists.reason?.[0]?.trim() ?? "" };
    const ask = (state: FormState) => {
      const page = <BulkDecisionPage {...{ program, action, conversions, state }} />;
      return show(c, state.problem === null ? 200 : 422, "Correct sales", page);
    };
    if (lists.asked?.[0] !== "yes") return ask(newForm());
    const decision = { affiliate: action === "withdraw" ? null : values.affiliate, scope: "conversion" };
    const body = { ...decision, reason: values.reason };
    if (lists.confirmed?.[0] !== "yes") {
      const effects: CreditEffect[] = [];
      for (const { id } of conversions) {
        const path = `/conversions/${encodeURIComponent(id)}/credit/preview`;
        const previewed = await changeApi<CreditEffect>(c, { method: "POST", path, body });
        if (!previewed.ok) return ask({ values, problem: previewed.problem });
        effects.push(previewed.body);
      }
      const page = <ConfirmBulkPage {...{ program, action, conversions, values }} effect={sumEffects(effects)} />;
      return show(c, 200, "Correct sales", page);
    }
    const decided = await changeApi<{ data: RowResult[] }>(c, {
      ...{ method: "POST", path: "/conversions/credits/bulk" },
      body: { rows: conversions.map(({ id }) => ({ conversion: id, ...body })) },
      idempotency_key: lists[FORM_KEY]?.[0],
    });
    if (!decided.ok) return ask({ values, problem: decided.problem });
    const faults = new Map(
      decided.body.data.flatMap(({ index, problem }) => (problem === null ? [] : [[index, problem.detail] as const])),
    );
    if (faults.size === 0) return c.redirect(programHref(program, "/sales?done=corrected"), 303);
    return show(c, 200, "Correct sales", <BulkResultPage {...{ program, action, conversions, faults }} />);
  });
}

/** The chosen conversions of the program, each once. Throws 404 for another program's. */
async function readChosen(c: ConsoleContext, program: string, ids: readonly string[]): Promise<ConversionDetails[]> {
  const chosen = [...new Set(ids)].slice(0, CHOSEN_MAX);
  const found = await Promise.all(
    chosen.map((id) => readApi<ConversionDetails>(c, `/conversions/${encodeURIComponent(id)}`)),
  );
  if (found.every((conversion) => conversion.program === program)) return found;
  throw new Problem(404, "conversion_not_found", "This program has no such conversion.");
}
