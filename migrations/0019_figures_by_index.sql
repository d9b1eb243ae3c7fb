-- Balances and what was earned are sums over all of an account's entries: they are read from the index alone.
CREATE INDEX ledger_entries_summed ON ledger_entries (affiliate_id, program_id, currency, occurred_at, kind, clears_at, amount);

-- What reports tell sales apart by, without parsing each record. No generated columns: SQLite reads no figure of one from an
-- index alone.
ALTER TABLE conversions ADD COLUMN product TEXT;
ALTER TABLE conversions ADD COLUMN click_id TEXT;
UPDATE conversions SET
  product = json_extract(record, '$.product'),
  click_id = json_extract(record, '$.credit.touch.click_id');

-- The id stands where lists are ordered by it; what is counted comes after.
DROP INDEX conversions_by_affiliate;
CREATE INDEX conversions_by_affiliate
  ON conversions (affiliate_id, program_id, occurred_at, id, test, type, link_id, product, click_id);
