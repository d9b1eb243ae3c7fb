-- Balances and what was earned are sums over all of an account's entries: they are read from the index alone.
CREATE INDEX ledger_entries_summed ON ledger_entries (affiliate_id, program_id, currency, occurred_at, kind, clears_at, amount);

-- What reports tell sales apart by, without parsing each record.
ALTER TABLE conversions ADD COLUMN product TEXT GENERATED ALWAYS AS (json_extract(record, '$.product')) VIRTUAL;
ALTER TABLE conversions ADD COLUMN click_id TEXT GENERATED ALWAYS AS (json_extract(record, '$.credit.touch.click_id')) VIRTUAL;
DROP INDEX conversions_by_affiliate;
CREATE INDEX conversions_by_affiliate ON conversions (affiliate_id, program_id, occurred_at, test, type, link_id, product, click_id);
