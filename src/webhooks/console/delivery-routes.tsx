/** `/admin/programs/:program/checkouts/deliveries`: the delivery log, one delivery, and processing it again. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { DeliveriesPage, DeliveryPage, type DeliveryView, type WholeDeliveryView } from "./delivery-pages.tsx";

export function addDeliveryLogRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/checkouts/deliveries", allow("read"), async (c) => {
    const read = (name: string) => c.req.query(name)?.trim() || null;
    const params = { endpoint: read("endpoint"), outcome: read("outcome"), cursor: read("cursor") };
    const list = await readApi<{ data: DeliveryView[]; next: string | null }>(c, deliveriesPathOf(c), params);
    const page = (
      <DeliveriesPage
        program={c.req.param("program")}
        deliveries={list.data}
        next={list.next}
        params={params}
        can_open={may(c, "read_requests")}
      />
    );
    return show(c, 200, "Deliveries", page);
  });

  app.get("/programs/:program/checkouts/deliveries/:delivery", allow("read_requests"), async (c) => {
    const delivery = await readApi<WholeDeliveryView>(c, deliveryPathOf(c));
    const can_replay = may(c, "webhooks");
    const page = (
      <DeliveryPage program={c.req.param("program")} done={c.req.query("done")} {...{ delivery, can_replay }} />
    );
    return show(c, 200, "Delivery", page);
  });

  app.post(
    "/programs/:program/checkouts/deliveries/:delivery/replay",
    allow("webhooks", "read_requests"),
    async (c) => {
      const { confirmed, [FORM_KEY]: idempotency_key } = await readFormFields(c);
      if (confirmed !== "yes") return showReplay(c);
      const replayed = await changeApi(c, { method: "POST", path: `${deliveryPathOf(c)}/replay`, idempotency_key });
      if (!replayed.ok) throw replayed.problem;
      return c.redirect(`${pagePathOf(c)}?done=replayed`, 303);
    },
  );
}

async function showReplay(c: ConsoleContext): Promise<Response> {
  const delivery = await readApi<WholeDeliveryView>(c, deliveryPathOf(c));
  const path = pagePathOf(c);
  const page = (
    <div class="stack">
      <PageHead title="Process this delivery again?" back={{ href: path, label: delivery.type ?? "Delivery" }} />
      <Confirm
        action={`${path}/replay`}
        effect="If it records a sale, its affiliate is credited and earns the commission. What was recorded before isn’t recorded twice."
        undo="It can’t be undone as such: withdraw the credit on the sale’s page."
        submit="Process again"
        cancel={path}
        values={{}}
      />
    </div>
  );
  return show(c, 200, "Process a delivery again", page);
}

function deliveriesPathOf(c: ConsoleContext): string {
  return `/programs/${encodeURIComponent(c.req.param("program") ?? "")}/deliveries`;
}

function deliveryPathOf(c: ConsoleContext): string {
  return `${deliveriesPathOf(c)}/${encodeURIComponent(c.req.param("delivery") ?? "")}`;
}

function pagePathOf(c: ConsoleContext): string {
  const delivery = encodeURIComponent(c.req.param("delivery") ?? "");
  return programHref(c.req.param("program") ?? "", `/checkouts/deliveries/${delivery}`);
}
