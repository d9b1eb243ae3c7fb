-- A keyed hash of the account that payment details lead to, by which affiliates with the same account are found. Null for
-- details of earlier releases, until the hourly cron adds it, and once they are erased.
ALTER TABLE payees ADD COLUMN account_hash TEXT;
CREATE INDEX payees_by_account ON payees (account_hash) WHERE account_hash IS NOT NULL;
