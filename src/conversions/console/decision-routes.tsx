/** Moving and withdrawing a conversion's credit, settling a dispute, and confirming its payment: each shows its effect first. */
import { changeApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { allow, type ConsoleApp, type ConsoleContext, show } from "../../console/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { ConfirmDecisionPage, DecisionPage, SettlePage } from "./decision-pages.tsx";
import { DECISIONS, type DecisionKind, readDecision } from "./decisions.ts";
import { readSale, salePath } from "./list-routes.tsx";
import type { ConversionDetails, CreditEffect } from "./views.ts";

/** How often, and how long apart in ms, a page that shows a decision waits for D1 to have it. */
const ATTEMPTS = 15;
const RETRY_MS = 100;

export function addDecisionRoutes(app: ConsoleApp): void {
  for (const kind of ["credit", "withdraw", "dispute"] as const) {
    const path = `/programs/:program/sales/:id/${kind}` as const;
    app.get(path, allow("write"), async (c) =>
      showDecision(c, kind, await readSale(c), newForm(DECISIONS[kind].values)),
    );
    app.post(path, allow("write"), async (c) => decide(c, kind));
  }

  app.get("/programs/:program/sales/:id/settle", allow("write"), async (c) => {
    const conversion = await readSale(c);
    return show(c, 200, "Confirm payment", <SettlePage conversion={conversion} />);
  });

  app.post("/programs/:program/sales/:id/settle", allow("write"), async (c) => {
    const { id } = await readSale(c);
    const settled = await changeApi(c, { method: "POST", path: `/conversions/${id}/settlement`, body: {} });
    if (!settled.ok) throw settled.problem;
    await awaitSale(c, ({ settled_at }) => settled_at !== null);
    return c.redirect(`${salePath(c)}?done=settled`, 303);
  });
}

/** Shows the effect of a decision, or makes it once it is confirmed. */
async function decide(c: ConsoleContext, kind: DecisionKind): Promise<Response> {
  const { [FORM_KEY]: idempotency_key, confirmed, ...values } = await readFormFields(c);
  const { call, done } = DECISIONS[kind];
  const conversion = await readSale(c);
  const path = `/conversions/${conversion.id}/${call}`;
  const body = readDecision(kind, values);
  if (confirmed !== "yes") {
    const previewed = await changeApi<CreditEffect>(c, { method: "POST", path: `${path}/preview`, body });
    if (!previewed.ok) return showDecision(c, kind, conversion, { values, problem: previewed.problem });
    const page = <ConfirmDecisionPage {...{ kind, conversion, values, body }} effect={previewed.body} />;
    return show(c, 200, DECISIONS[kind].title, page);
  }
  const decided = await changeApi(c, { method: "POST", path, body, idempotency_key });
  if (!decided.ok) return showDecision(c, kind, conversion, { values, problem: decided.problem });
  await awaitSale(c, ({ decisions }) => decisions.length > conversion.decisions.length);
  return c.redirect(`${salePath(c)}?done=${done}`, 303);
}

function showDecision(
  c: ConsoleContext,
  kind: DecisionKind,
  conversion: ConversionDetails,
  state: FormState,
): Response | Promise<Response> {
  const page = <DecisionPage {...{ kind, conversion, state }} />;
  return show(c, state.problem === null ? 200 : 422, DECISIONS[kind].title, page);
}

/** Waits until the page that follows shows the change, or a while: the object sends it to D1 in the background. */
async function awaitSale(c: ConsoleContext, isShown: (conversion: ConversionDetails) => boolean): Promise<void> {
  for (let attempt = 1; attempt < ATTEMPTS && !isShown(await readSale(c)); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
