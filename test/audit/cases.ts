/** Calls of the API that change something, for `every-call.test.ts`. */

import { APPLICATION_CASES } from "./application-cases.ts";
import { CHECKOUT_CASES } from "./checkout-cases.ts";
import { type Case, P, PAYOUT_CASES } from "./payout-cases.ts";

const NOBODY = { path: "/v1/affiliates/nobody" };

const ENTERED_SALE = {
  ...{ program: "$program", affiliate: "nova", customer: "cus_entered", payment: "pay_entered" },
  ...{ amount: 1_000, currency: "USD", occurred_at: "2026-11-01T10:00:00Z", reason: "By phone" },
};

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
  "POST /terms/preview": {
    path: "/v1/terms/preview",
    body: { currency: "USD", preset: "kartra", sales: [{ occurred_at: "2026-01-03T10:00:00Z", amount: 1 }] },
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
  "POST /affiliates/:username/view-link": {
    path: "/v1/affiliates/nova/view-link",
    audits: ["affiliate.portal_viewed"],
    refused: { path: `${NOBODY.path}/view-link` },
  },
  "POST /programs/:program/enrollments": {
    path: `${P}/enrollments`,
    body: { affiliate: "nova", status: "pending" },
    audits: ["enrollment.created"],
    refused: { body: { affiliate: "nobody" } },
  },
  "POST /programs/:program/enrollments/bulk": {
    path: `${P}/enrollments/bulk`,
    body: { rows: [{ affiliate: "nova", status: "approved" }] },
    audits: ["enrollment.updated"],
    refused: { body: { rows: [] } },
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
  ...APPLICATION_CASES,
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
  "POST /programs/:program/announcements": {
    path: `${P}/announcements`,
    body: { title: "News", text: "There is some." },
    audits: ["announcement.created"],
    refused: { body: { title: "News" } },
    keep: { announcement: ({ id }) => id },
  },
  "DELETE /programs/:program/announcements/:announcement": {
    path: `${P}/announcements/$announcement`,
    audits: ["announcement.deleted"],
    refused: { path: `${P}/announcements/none` },
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
  "POST /users/:id/invitation": {
    path: "/v1/users/$user/invitation",
    audits: ["user.invited"],
    refused: { path: "/v1/users/none/invitation" },
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
  ...PAYOUT_CASES,
  ...CHECKOUT_CASES,
  "POST /conversions/preview": { path: "/v1/conversions/preview", body: ENTERED_SALE, audits: [] },
  "POST /conversions": {
    path: "/v1/conversions",
    body: ENTERED_SALE,
    audits: ["conversion.created"],
    refused: { body: { program: "$program" } },
    repeats_differ: true,
  },
  "POST /conversions/:id/credit/preview": {
    path: "/v1/conversions/$conversion/credit/preview",
    body: { affiliate: null, scope: "conversion", reason: "A mistake" },
    audits: [],
  },
  "POST /conversions/:id/credit": {
    path: "/v1/conversions/$conversion/credit",
    body: { affiliate: null, scope: "conversion", reason: "A mistake" },
    audits: ["conversion.credited"],
    refused: { body: { affiliate: null, scope: "none", reason: "r" } },
    repeats_differ: true,
  },
  "POST /conversions/credits/bulk": {
    path: "/v1/conversions/credits/bulk",
    body: { rows: [{ conversion: "$conversion", affiliate: null, scope: "conversion", reason: "Another mistake" }] },
    audits: ["conversion.credited"],
    refused: { body: { rows: [] } },
    repeats_differ: true,
  },
  "POST /conversions/:id/disputes/preview": {
    path: "/v1/conversions/$conversion/disputes/preview",
    body: { affiliate: "nova", reason: "Sent the customer" },
    audits: [],
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
    repeats_find_nothing: true,
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
