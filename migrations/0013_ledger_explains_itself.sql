-- Each entry says the rule, the tier and the words that it was made by, and is chained to the one before it.
ALTER TABLE ledger_entries ADD COLUMN from_affiliate_id INTEGER REFERENCES affiliates (id); -- whose sale an override is of
ALTER TABLE ledger_entries ADD COLUMN rule INTEGER; -- index into the rates of the terms
ALTER TABLE ledger_entries ADD COLUMN flat INTEGER; -- minor units, where no rate made it
ALTER TABLE ledger_entries ADD COLUMN tier TEXT;
ALTER TABLE ledger_entries ADD COLUMN reason TEXT;
ALTER TABLE ledger_entries ADD COLUMN hash TEXT; -- null until an entry of before has come again with it

-- A sponsor is older than whom it brings in, and for good: so no chain of sponsors can loop.
CREATE TRIGGER affiliates_name_an_older_sponsor AFTER INSERT ON affiliates WHEN NEW.sponsor_id >= NEW.id
BEGIN
  SELECT RAISE(ABORT, 'a sponsor is there before whom it brings in');
END;

CREATE TRIGGER affiliates_keep_their_sponsor BEFORE UPDATE OF sponsor_id ON affiliates WHEN NEW.sponsor_id IS NOT OLD.sponsor_id
BEGIN
  SELECT RAISE(ABORT, 'a sponsor never changes');
END;
