-- When an entry's sale was recorded, which is when its tier was decided. Null for older entries, and without a tier.
ALTER TABLE ledger_entries ADD COLUMN tier_at INTEGER;
