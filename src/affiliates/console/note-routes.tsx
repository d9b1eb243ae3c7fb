/** Coupons and notes of an affiliate, which its page adds and removes. */
import { changeApi } from "../../console/layout/call-api.ts";
import { FORM_KEY } from "../../console/layout/form.tsx";
import { allow, type ConsoleApp, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { programOf } from "./program-queries.ts";
import { enrollmentPath, pageOf, showAffiliate, usernameOf } from "./show-affiliate.tsx";

const NOTE = /^note_[\w-]+$/;

/** Coupons that credit the affiliate. */
export function addCouponRoutes(app: ConsoleApp): void {
  app.post("/programs/:program/affiliates/:username/coupons", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const body = { program: programOf(c), affiliate: usernameOf(c), code: values.code };
    const added = await changeApi(c, {
      ...{ method: "POST", path: "/coupons", body },
      idempotency_key: values[FORM_KEY],
    });
    if (!added.ok) return showAffiliate(c, { coupon: { values, problem: added.problem } });
    return c.redirect(pageOf(c, "?done=coupon_added"), 303);
  });

  app.get("/programs/:program/affiliates/:username/coupons/remove", allow("write"), (c) => {
    const { code = "" } = c.req.query();
    const page = (
      <div class="stack">
        <PageHead title={`Remove coupon ${code}?`} />
        <Confirm
          action={pageOf(c, "/coupons/remove")}
          effect="Sales with this code are credited by their clicks from now on. Earlier sales keep their credit."
          undo="You can add the code again, for this affiliate or another one."
          submit="Remove coupon"
          cancel={pageOf(c)}
          is_danger
          values={{ code }}
        />
      </div>
    );
    return show(c, 200, "Remove coupon", page);
  });

  app.post("/programs/:program/affiliates/:username/coupons/remove", allow("write"), async (c) => {
    const { code = "" } = await readFormFields(c);
    // A path can't name these.
    if (["", ".", ".."].includes(code.trim())) return c.redirect(pageOf(c), 303);
    const path = `/coupons/${encodeURIComponent(code)}?program=${encodeURIComponent(programOf(c))}`;
    const removed = await changeApi(c, { method: "DELETE", path });
    if (!removed.ok) throw removed.problem;
    return c.redirect(pageOf(c, "?done=coupon_removed"), 303);
  });
}

/** Notes that the team writes. */
export function addNoteRoutes(app: ConsoleApp): void {
  app.post("/programs/:program/affiliates/:username/notes", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const added = await changeApi(c, {
      ...{ method: "POST", path: `${enrollmentPath(c)}/notes`, body: { text: values.text } },
      idempotency_key: values[FORM_KEY],
    });
    if (!added.ok) return showAffiliate(c, { note: { values, problem: added.problem } });
    return c.redirect(pageOf(c, "?done=note_added"), 303);
  });

  app.get("/programs/:program/affiliates/:username/notes/remove", allow("write"), (c) => {
    const { note = "" } = c.req.query();
    const page = (
      <div class="stack">
        <PageHead title="Remove this note?" />
        <Confirm
          action={pageOf(c, "/notes/remove")}
          effect="The note is removed for your whole team."
          undo="This can’t be undone. The audit log keeps its text until the affiliate is erased."
          submit="Remove note"
          cancel={pageOf(c)}
          is_danger
          values={{ note }}
        />
      </div>
    );
    return show(c, 200, "Remove note", page);
  });

  app.post("/programs/:program/affiliates/:username/notes/remove", allow("write"), async (c) => {
    const { note = "" } = await readFormFields(c);
    if (!NOTE.test(note)) return c.redirect(pageOf(c), 303);
    const removed = await changeApi(c, { method: "DELETE", path: `${enrollmentPath(c)}/notes/${note}` });
    if (!removed.ok) throw removed.problem;
    return c.redirect(pageOf(c, "?done=note_removed"), 303);
  });
}
