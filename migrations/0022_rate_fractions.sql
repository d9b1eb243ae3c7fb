-- The exact fraction of an entry's rate, such as 2/12. Null for rates in basis points and flat amounts.
ALTER TABLE ledger_entries ADD COLUMN rate_fraction TEXT;
