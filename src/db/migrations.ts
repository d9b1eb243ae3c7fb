/** Written by `npm run migrations:list` from the folder `migrations`; a test fails where they differ. */

/** A migration of this release. */
export interface Migration {
  /** The file, under which wrangler records it. */
  name: string;
  /** A table, index, trigger or `table.column` that it adds and no later one removes; null if it adds none. */
  adds: string | null;
}

export const MIGRATIONS: readonly Migration[] = [
  { name: "0001_programs_affiliates_links.sql", adds: "affiliates" },
  { name: "0002_clicks.sql", adds: "click_days" },
  { name: "0003_conversions_ledger.sql", adds: "conversions" },
  { name: "0004_portal_sign_in.sql", adds: "sessions" },
  { name: "0005_click_log.sql", adds: "stored_before" },
  { name: "0006_dead_clicks.sql", adds: "dead_clicks" },
  { name: "0007_click_archives.sql", adds: "click_archives" },
  { name: "0008_click_checks.sql", adds: "click_checks" },
  { name: "0009_links_found_by_slug_and_program.sql", adds: "links_by_name" },
  { name: "0010_test_conversions.sql", adds: "conversions_in_test" },
  { name: "0011_deliveries.sql", adds: "deliveries" },
  { name: "0012_attribution.sql", adds: "affiliate_marks" },
  { name: "0013_ledger_explains_itself.sql", adds: "affiliates_keep_their_sponsor" },
  { name: "0014_payouts.sql", adds: "admin_keys" },
  { name: "0015_payees.sql", adds: "payees" },
  { name: "0016_credited_clicks.sql", adds: "credited_clicks" },
  { name: "0017_portal_sign_in.sql", adds: "sign_in_mails" },
  { name: "0018_conversions_counted_by_index.sql", adds: null },
  { name: "0019_figures_by_index.sql", adds: "ledger_entries_summed" },
  { name: "0020_creatives.sql", adds: "creatives" },
  { name: "0021_notifications.sql", adds: "notifications" },
  { name: "0022_rate_fractions.sql", adds: "ledger_entries.rate_fraction" },
  { name: "0023_disputed_payments.sql", adds: "disputed_payments" },
  { name: "0024_coupon_history.sql", adds: "coupon_owners" },
  { name: "0025_program_legal_name.sql", adds: "programs.legal_name" },
  { name: "0026_program_home.sql", adds: "programs.home_url" },
  { name: "0027_groups_and_own_rates.sql", adds: "enrollment_groups" },
  { name: "0028_click_customers.sql", adds: "click_customers" },
  { name: "0029_click_navigation.sql", adds: "clicks.navigation" },
  { name: "0030_tier_times.sql", adds: "ledger_entries.tier_at" },
  { name: "0031_payout_windows.sql", adds: "payout_runs.window_number" },
  { name: "0032_link_texts.sql", adds: "link_texts" },
  { name: "0033_signed_out_everywhere.sql", adds: "affiliates.signed_out_at" },
  { name: "0034_payee_accounts.sql", adds: "payees_by_account" },
  { name: "0035_deliveries_by_endpoint.sql", adds: "deliveries_by_endpoint" },
  { name: "0036_endpoint_api_keys.sql", adds: "endpoints.sealed_api_key" },
  { name: "0037_audit_and_idempotency.sql", adds: "audit_entries" },
  { name: "0038_users.sql", adds: "user_sessions" },
  { name: "0039_payout_approvals.sql", adds: "approval_requests" },
  { name: "0040_operations.sql", adds: "database_sizes" },
  { name: "0041_lists_by_index.sql", adds: "former_hosts" },
  { name: "0042_enrollment_reasons.sql", adds: "enrolment_statuses.reason" },
  { name: "0043_portal_views.sql", adds: "portal_views" },
  { name: "0044_who_created_sign_in_links.sql", adds: "user_sessions.opened_by" },
  { name: "0045_affiliate_notes.sql", adds: "affiliate_notes" },
  { name: "0049_payout_reminders.sql", adds: "payout_reminders" },
  { name: "0056_ledger_sums.sql", adds: "ledger_sums" },
  { name: "0046_overview_by_day.sql", adds: "conversion_days" },
  { name: "0047_program_click_days.sql", adds: "program_click_days" },
  { name: "0050_enrollments_that_ended.sql", adds: "enrolments.may_reapply" },
  { name: "0051_sponsors_of_enrollments.sql", adds: "enrollment_sponsors" },
];
