/** Calls of the API that change something, for `every-call.test.ts`. */

/** A call that changes something. */
interface Case {
  /** The path that is called, with names. */
  path: string;
  body?: unknown;
  /** The actions of the entries that the call adds. */
  audits: string[];
  /** A call that is refused: another body, another path. */
  refused?: { path?: string; body?: unknown };
  /** Names to keep from the answer. */
  keep?: Record<string, (json: Record<string, unknown>) => unknown>;
  /** The POST changes something that exists, so that it has the same effect when it is repeated, and another answer. */
  repeats_differ?: boolean;
}

/** The program of the story. */
export const P = "/v1/programs/$program";
const NOBODY = { path: "/v1/affiliates/nobody" };

/** A valid call of each route, in an order in which each can be called. Names in paths and bodies begin with `$`. */
export const CASES: Record<string, Case> = {
  "POST /programs": {
    path: "/v1/programs",
    body: { slug: "audited", name: "N", currency: "USD", destination_hosts: ["shop.example"], preset: "kartra" },
    audits: ["program.created"],
    refused: { body: { slug: "audited" } },
  },
  "PATCH /programs/:program": {
    path: P,
    body: { name: "Renamed" },
    audits: ["program.updated"],
    refused: { body: { name: "" } },
  },
  "POST /programs/:program/rebuilds": { path: `${P}/rebuilds`, body: {}, audits: ["program.rebuild_started"] },
  "POST /programs/:program/backups": {
    path: `${P}/backups`,
    body: {},
    audits: ["backup.started"],
    keep: { backup: ({ backup }) => backup },
  },
  "POST /programs/:program/backups/:backup/restore": {
    path: `${P}/backups/$backup/restore`,
    body: {},
    audits: ["backup.restored"],
    refused: { path: `${P}/backups/none/restore` },
    repeats_differ: true,
  },
  "POST /programs/:program/terms": {
    path: `${P}/terms`,
    body: { terms: { hold_days: 1 } },
    audits: ["terms.created"],
    refused: { body: { terms: { hold_days: -1 } } },
  },
  "POST /programs/:program/terms/preview": {
    path: `${P}/terms/preview`,
    body: { sales: [{ occurred_at: "2026-01-03T10:00:00Z", amount: 1 }] },
    audits: [],
  },
  "POST /programs/:program/groups": {
    path: `${P}/groups`,
    body: { slug: "gold", name: "Gold" },
    audits: ["group.created"],
    refused: { body: { slug: "default", name: "D" } },
  },
  "PATCH /programs/:program/groups/:group": {
    path: `${P}/groups/gold`,
    body: { name: "Golden" },
    audits: ["group.updated"],
    refused: { path: `${P}/groups/none` },
  },
  "POST /affiliates": {
    path: "/v1/affiliates",
    body: { username: "nova", name: "Nova", email: "nova@example.com" },
    audits: ["affiliate.created"],
    refused: { body: { username: "nova", name: "N", email: "other@example.com" } },
  },
  "PATCH /affiliates/:username": {
    path: "/v1/affiliates/nova",
    body: { email: "nova.new@example.com" },
    audits: ["affiliate.updated"],
    refused: { body: { email: "x" } },
  },
  "POST /affiliates/:username/sign-in-link": {
    path: "/v1/affiliates/nova/sign-in-link",
    audits: ["affiliate.sign_in_link_created"],
    refused: { path: `${NOBODY.path}/sign-in-link` },
  },
  "POST /programs/:program/enrollments": {
    path: `${P}/enrollments`,
    body: { affiliate: "nova", status: "pending" },
    audits: ["enrollment.created"],
    refused: { body: { affiliate: "nobody" } },
  },
  "PATCH /programs/:program/enrollments/:affiliate": {
    path: `${P}/enrollments/nova`,
    body: { status: "approved", group: "gold" },
    audits: ["enrollment.updated"],
    refused: { body: { group: "none" } },
  },
  "POST /programs/:program/enrolments": {
    path: "/v1/programs/audited/enrolments",
    body: { affiliate: "nova" },
    audits: ["enrollment.created"],
  },
  "PATCH /programs/:program/enrolments/:affiliate": {
    path: "/v1/programs/audited/enrolments/nova",
    body: { status: "suspended" },
    audits: ["enrollment.updated"],
  },
  "POST /programs/:program/enrollments/:affiliate/rates": {
    path: `${P}/enrollments/nova/rates`,
    body: { rates: [{ rate_bps: 5_000 }] },
    audits: ["own_rates.created"],
    refused: { body: { rates: [{ rate_bps: -1 }] } },
  },
  "POST /affiliates/:username/marks": {
    path: "/v1/affiliates/nova/marks",
    body: { kind: "email", value: "private@example.com" },
    audits: ["identifier.created"],
    refused: { body: { kind: "email", value: "x" } },
    keep: { mark: ({ id }) => id },
  },
  "DELETE /affiliates/:username/marks/:id": {
    path: "/v1/affiliates/nova/marks/$mark",
    audits: ["identifier.deleted"],
    refused: { path: "/v1/affiliates/nova/marks/0123456789ab" },
  },
  "PUT /affiliates/:username/payee": {
    path: "/v1/affiliates/nova/payee",
    body: { method: "paypal", email: "nova.private@example.com" },
    audits: ["payee.updated"],
    refused: { body: { method: "paypal", email: "x" } },
  },
  "DELETE /affiliates/:username/payee": { path: "/v1/affiliates/nova/payee", audits: ["payee.removed"] },
  "PUT /affiliates/:username/tax-form": {
    path: "/v1/affiliates/nova/tax-form",
    body: { form: "w9" },
    audits: ["tax_form.updated"],
    refused: { body: { form: "x" } },
  },
  "DELETE /affiliates/:username/tax-form": { path: "/v1/affiliates/nova/tax-form", audits: ["tax_form.removed"] },
  "POST /coupons": {
    path: "/v1/coupons",
    body: { program: "$program", affiliate: "nova", code: "SAVE10" },
    audits: ["coupon.created"],
    refused: { body: { program: "$program", affiliate: "nova", code: "SAVE10" } },
  },
  "DELETE /coupons/:code": {
    path: "/v1/coupons/SAVE10?program=$program",
    audits: ["coupon.deleted"],
    refused: { path: "/v1/coupons/NONE?program=$program" },
  },
  "POST /programs/:program/creatives": {
    path: `${P}/creatives`,
    body: { kind: "resource", title: "Press", url: "https://press.example/" },
    audits: ["creative.created"],
    refused: { body: { kind: "resource" } },
    keep: { creative: ({ id }) => id },
    repeats_differ: false,
  },
  "PATCH /programs/:program/creatives/:creative": {
    path: `${P}/creatives/$creative`,
    body: { title: "Press kit" },
    audits: ["creative.updated"],
    refused: { body: {} },
  },
  "DELETE /programs/:program/creatives/:creative": {
    path: `${P}/creatives/$creative`,
    audits: ["creative.deleted"],
    refused: { path: `${P}/creatives/none` },
  },
  "POST /links": {
    path: "/v1/links",
    body: { program: "$program", affiliate: "nova", slug: "nova-link", destination: "https://shop.example/" },
    audits: ["link.created"],
    refused: {
      body: { program: "$program", affiliate: "nova", slug: "nova-link", destination: "https://evil.example/" },
    },
  },
  "PATCH /links/:slug": {
    path: "/v1/links/nova-link",
    body: { disabled: true },
    audits: ["link.updated"],
    refused: { body: {} },
  },
  "POST /users": {
    path: "/v1/users",
    body: { email: "mia@merchant.example", name: "Mia", role: "manager" },
    audits: ["user.created"],
    refused: { body: { email: "x" } },
    keep: { user: ({ id }) => id },
  },
  "PATCH /users/:id": {
    path: "/v1/users/$user",
    body: { role: "viewer" },
    audits: ["user.updated"],
    refused: { body: { role: "x" } },
  },
  "POST /users/:id/sign-in-link": {
    path: "/v1/users/$user/sign-in-link",
    audits: ["user.sign_in_link_created"],
    refused: { path: "/v1/users/none/sign-in-link" },
  },
  "POST /keys": {
    path: "/v1/keys",
    body: { name: "Mia's", user: "$user" },
    audits: ["key.created"],
    refused: { body: { name: "x", user: "none" } },
    keep: { key: ({ id }) => id },
  },
  "DELETE /keys/:id": { path: "/v1/keys/$key", audits: ["key.revoked"], refused: { path: "/v1/keys/none" } },
  "DELETE /users/:id": { path: "/v1/users/$user", audits: ["user.removed"], refused: { path: "/v1/users/none" } },
  "POST /programs/:program/affiliates/:affiliate/adjustments": {
    path: `${P}/affiliates/nova/adjustments`,
    body: { amount: 100, currency: "USD", reason: "Bonus" },
    audits: ["adjustment.created"],
    refused: { body: { amount: 0, currency: "USD", reason: "r" } },
  },
  "POST /programs/:program/payouts/runs": {
    path: `${P}/payouts/runs`,
    body: { month: "2026-03" },
    audits: ["payout_run.created"],
    refused: { body: { month: "2999-01" } },
    keep: { run: ({ id }) => id },
  },
  "POST /programs/:program/payouts/runs/:run/steps": { path: `${P}/payouts/runs/$run/steps`, audits: [] },
  "POST /programs/:program/payouts/runs/:run/approve": {
    path: `${P}/payouts/runs/$run/approve`,
    audits: ["payout_run.approved"],
    refused: { path: `${P}/payouts/runs/none/approve` },
  },
  "POST /programs/:program/payouts/runs/:run/results": {
    path: `${P}/payouts/runs/$run/results`,
    body: "payout_item_id;transaction_status;amount.value;amount.currency;sender_item_id\n8AE;SUCCESS;80.00;USD;$paid\n",
    audits: ["payout_run.results_recorded"],
    refused: { body: "no report" },
  },
  "POST /programs/:program/payouts/runs/:run/pay": {
    path: `${P}/payouts/runs/$run/pay`,
    audits: ["payout_run.payment_started"],
    refused: { path: `${P}/payouts/runs/none/pay` },
  },
  "POST /programs/:program/payouts/runs/:run/statements/:statement/fail": {
    path: `${P}/payouts/runs/$run/statements/$paid/fail`,
    body: { reason: "Account closed" },
    audits: ["statement.failed"],
    refused: { path: `${P}/payouts/runs/$run/statements/none/fail` },
  },
  "POST /programs/:program/payouts/runs/:run/statements/:statement/pay": {
    path: `${P}/payouts/runs/$run/statements/$unpaid/pay`,
    body: { method: "check", reference: "1", paid_on: "2026-03-20" },
    audits: ["statement.paid"],
    refused: { path: `${P}/payouts/runs/$run/statements/none/pay` },
  },
  "POST /programs/:program/payouts/runs/:run/cancel": {
    path: `${P}/payouts/runs/$next_run/cancel`,
    audits: ["payout_run.canceled"],
    refused: { path: `${P}/payouts/runs/$run/cancel` },
  },
  "POST /programs/:program/endpoints": {
    path: `${P}/endpoints`,
    body: { source: "standard" },
    audits: ["endpoint.created"],
    refused: { body: { source: "none" } },
    keep: { endpoint: ({ id }) => id },
  },
  "PATCH /programs/:program/endpoints/:endpoint": {
    path: `${P}/endpoints/$endpoint`,
    body: { disabled: true },
    audits: ["endpoint.updated"],
    refused: { path: `${P}/endpoints/none` },
  },
  "POST /programs/:program/endpoints/:endpoint/secrets": {
    path: `${P}/endpoints/$endpoint/secrets`,
    body: {},
    audits: ["endpoint.secret_created"],
    refused: { body: { secret: "pasted" } },
    keep: { secret: ({ id }) => id },
  },
  "DELETE /programs/:program/endpoints/:endpoint/secrets/:secret": {
    path: `${P}/endpoints/$endpoint/secrets/$secret`,
    audits: ["endpoint.secret_deleted"],
    refused: { path: `${P}/endpoints/$endpoint/secrets/none` },
  },
  "POST /programs/:program/deliveries/:delivery/replay": {
    path: `${P}/deliveries/$delivery/replay`,
    audits: ["delivery.replayed"],
    refused: { path: `${P}/deliveries/none/replay` },
  },
  "POST /conversions": {
    path: "/v1/conversions",
    body: {
      ...{ program: "$program", affiliate: "nova", customer: "cus_entered", payment: "pay_entered" },
      ...{ amount: 1_000, currency: "USD", occurred_at: "2026-11-01T10:00:00Z", reason: "By phone" },
    },
    audits: ["conversion.created"],
    refused: { body: { program: "$program" } },
    repeats_differ: true,
  },
  "POST /conversions/:id/credit": {
    path: "/v1/conversions/$conversion/credit",
    body: { affiliate: null, scope: "conversion", reason: "A mistake" },
    audits: ["conversion.credited"],
    refused: { body: { affiliate: null, scope: "none", reason: "r" } },
    repeats_differ: true,
  },
  "POST /conversions/:id/disputes": {
    path: "/v1/conversions/$conversion/disputes",
    body: { affiliate: "nova", reason: "Sent the customer" },
    audits: ["conversion.disputed"],
    refused: { body: { affiliate: "nobody", reason: "r" } },
    repeats_differ: true,
  },
  "POST /conversions/:id/settlement": {
    path: "/v1/conversions/$conversion/settlement",
    body: { settled_at: "2026-02-01T00:00:00Z" },
    audits: ["conversion.settled"],
    refused: { body: { settled_at: "2999-01-01T00:00:00Z" } },
    repeats_differ: true,
  },
  "POST /customers/find": {
    path: "/v1/customers/find",
    body: { program: "$program", customer: "cus_audited" },
    audits: [],
  },
  "POST /customers/erase": {
    path: "/v1/customers/erase",
    body: { program: "$program", customer: "cus_audited" },
    audits: ["customer.erased"],
    refused: { body: { program: "$program", customer: "none" } },
  },
  "POST /affiliates/:username/erase": {
    path: "/v1/affiliates/nova/erase",
    audits: ["affiliate.erased"],
    refused: { path: `${NOBODY.path}/erase` },
  },
  "POST /click-checks": {
    path: "/v1/click-checks",
    body: { from: new Date().toISOString().slice(0, 10) },
    audits: ["click_check.created"],
    refused: { body: { from: "2999-01-01" } },
  },
  "POST /dead-clicks/replay": { path: "/v1/dead-clicks/replay", audits: ["dead_clicks.replayed"] },
  "POST /dead-clicks/:id/replay": {
    path: "/v1/dead-clicks/$dead_clicks/replay",
    audits: ["dead_clicks.replayed"],
    refused: { path: "/v1/dead-clicks/none/replay" },
  },
  "DELETE /dead-clicks/:id": {
    path: "/v1/dead-clicks/$dead_clicks",
    audits: ["dead_clicks.deleted"],
    refused: { path: "/v1/dead-clicks/none" },
  },
};
