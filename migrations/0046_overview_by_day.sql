-- What a program's overview adds up, by day. Triggers keep the sums in the transaction that changes what they are of, so they are
-- exact however often and in whatever order facts arrive, also while the previous Worker serves.

CREATE TABLE conversion_days (
  program_id INTEGER NOT NULL,
  day INTEGER NOT NULL, -- of occurred_at: days since the epoch, UTC
  type TEXT NOT NULL,
  currency TEXT NOT NULL, -- empty for none
  credited INTEGER NOT NULL DEFAULT 0,
  uncredited INTEGER NOT NULL DEFAULT 0,
  revenue INTEGER NOT NULL DEFAULT 0, -- of credited ones, net of refunds
  PRIMARY KEY (program_id, day, type, currency)
) WITHOUT ROWID;

CREATE TABLE ledger_days (
  program_id INTEGER NOT NULL,
  day INTEGER NOT NULL, -- days since the epoch, UTC
  currency TEXT NOT NULL,
  posted INTEGER NOT NULL DEFAULT 0, -- entries that occurred on this day
  entries INTEGER NOT NULL DEFAULT 0, -- their number
  paid INTEGER NOT NULL DEFAULT 0, -- payouts among them
  available INTEGER NOT NULL DEFAULT 0, -- entries that have both occurred and cleared from this day on
  earned INTEGER NOT NULL DEFAULT 0, -- entries of this day's conversions for the affiliate that has the credit
  earned_entries INTEGER NOT NULL DEFAULT 0, -- their number
  PRIMARY KEY (program_id, day, currency)
) WITHOUT ROWID;

-- Balances as of now: what occurs or clears within the day.
CREATE INDEX ledger_entries_by_time ON ledger_entries (program_id, occurred_at, currency, kind, amount);
CREATE INDEX ledger_entries_available ON ledger_entries (program_id, max(occurred_at, clears_at), currency, amount);

-- Has all columns that the overview reads.
DROP INDEX conversions_by_program;
CREATE INDEX conversions_by_program ON conversions (
  program_id, occurred_at, id, test, type, affiliate_id, link_id, currency, amount, refunded, click_id
);

CREATE TRIGGER conversion_days_added AFTER INSERT ON conversions WHEN NEW.test = 0
BEGIN
  INSERT INTO conversion_days (program_id, day, type, currency, credited, uncredited, revenue)
  VALUES (NEW.program_id, NEW.occurred_at / 86400000, NEW.type, coalesce(NEW.currency, ''),
    (NEW.affiliate_id IS NOT NULL), (NEW.affiliate_id IS NULL),
    iif(NEW.affiliate_id IS NULL, 0, coalesce(NEW.amount, 0) - NEW.refunded))
  ON CONFLICT DO UPDATE SET credited = credited + excluded.credited, uncredited = uncredited + excluded.uncredited,
    revenue = revenue + excluded.revenue;
  INSERT INTO ledger_days (program_id, day, currency, earned, earned_entries)
  SELECT NEW.program_id, NEW.occurred_at / 86400000, e.currency, sum(e.amount), count(*) FROM ledger_entries e
  WHERE e.conversion = NEW.id AND +e.affiliate_id = NEW.affiliate_id AND e.from_affiliate_id IS NULL
  GROUP BY e.currency
  ON CONFLICT DO UPDATE SET earned = earned + excluded.earned, earned_entries = earned_entries + excluded.earned_entries;
END;

CREATE TRIGGER conversion_days_removed AFTER DELETE ON conversions WHEN OLD.test = 0
BEGIN
  INSERT INTO conversion_days (program_id, day, type, currency, credited, uncredited, revenue)
  VALUES (OLD.program_id, OLD.occurred_at / 86400000, OLD.type, coalesce(OLD.currency, ''),
    -(OLD.affiliate_id IS NOT NULL), -(OLD.affiliate_id IS NULL),
    -iif(OLD.affiliate_id IS NULL, 0, coalesce(OLD.amount, 0) - OLD.refunded))
  ON CONFLICT DO UPDATE SET credited = credited + excluded.credited, uncredited = uncredited + excluded.uncredited,
    revenue = revenue + excluded.revenue;
  INSERT INTO ledger_days (program_id, day, currency, earned, earned_entries)
  SELECT OLD.program_id, OLD.occurred_at / 86400000, e.currency, -sum(e.amount), -count(*) FROM ledger_entries e
  WHERE e.conversion = OLD.id AND +e.affiliate_id = OLD.affiliate_id AND e.from_affiliate_id IS NULL
  GROUP BY e.currency
  ON CONFLICT DO UPDATE SET earned = earned + excluded.earned, earned_entries = earned_entries + excluded.earned_entries;
END;

CREATE TRIGGER conversion_days_changed_from AFTER UPDATE ON conversions
WHEN OLD.test = 0 AND (OLD.program_id, OLD.affiliate_id, OLD.type, OLD.amount, OLD.refunded, OLD.currency, OLD.occurred_at, OLD.test)
  IS NOT (NEW.program_id, NEW.affiliate_id, NEW.type, NEW.amount, NEW.refunded, NEW.currency, NEW.occurred_at, NEW.test)
BEGIN
  INSERT INTO conversion_days (program_id, day, type, currency, credited, uncredited, revenue)
  VALUES (OLD.program_id, OLD.occurred_at / 86400000, OLD.type, coalesce(OLD.currency, ''),
    -(OLD.affiliate_id IS NOT NULL), -(OLD.affiliate_id IS NULL),
    -iif(OLD.affiliate_id IS NULL, 0, coalesce(OLD.amount, 0) - OLD.refunded))
  ON CONFLICT DO UPDATE SET credited = credited + excluded.credited, uncredited = uncredited + excluded.uncredited,
    revenue = revenue + excluded.revenue;
END;

CREATE TRIGGER conversion_days_changed_to AFTER UPDATE ON conversions
WHEN NEW.test = 0 AND (OLD.program_id, OLD.affiliate_id, OLD.type, OLD.amount, OLD.refunded, OLD.currency, OLD.occurred_at, OLD.test)
  IS NOT (NEW.program_id, NEW.affiliate_id, NEW.type, NEW.amount, NEW.refunded, NEW.currency, NEW.occurred_at, NEW.test)
BEGIN
  INSERT INTO conversion_days (program_id, day, type, currency, credited, uncredited, revenue)
  VALUES (NEW.program_id, NEW.occurred_at / 86400000, NEW.type, coalesce(NEW.currency, ''),
    (NEW.affiliate_id IS NOT NULL), (NEW.affiliate_id IS NULL),
    iif(NEW.affiliate_id IS NULL, 0, coalesce(NEW.amount, 0) - NEW.refunded))
  ON CONFLICT DO UPDATE SET credited = credited + excluded.credited, uncredited = uncredited + excluded.uncredited,
    revenue = revenue + excluded.revenue;
END;

CREATE TRIGGER conversions_earned_from AFTER UPDATE ON conversions
WHEN OLD.test = 0 AND (OLD.program_id, OLD.affiliate_id, OLD.occurred_at, OLD.test)
  IS NOT (NEW.program_id, NEW.affiliate_id, NEW.occurred_at, NEW.test)
BEGIN
  INSERT INTO ledger_days (program_id, day, currency, earned, earned_entries)
  SELECT OLD.program_id, OLD.occurred_at / 86400000, e.currency, -sum(e.amount), -count(*) FROM ledger_entries e
  WHERE e.conversion = OLD.id AND +e.affiliate_id = OLD.affiliate_id AND e.from_affiliate_id IS NULL
  GROUP BY e.currency
  ON CONFLICT DO UPDATE SET earned = earned + excluded.earned, earned_entries = earned_entries + excluded.earned_entries;
END;

CREATE TRIGGER conversions_earned_to AFTER UPDATE ON conversions
WHEN NEW.test = 0 AND (OLD.program_id, OLD.affiliate_id, OLD.occurred_at, OLD.test)
  IS NOT (NEW.program_id, NEW.affiliate_id, NEW.occurred_at, NEW.test)
BEGIN
  INSERT INTO ledger_days (program_id, day, currency, earned, earned_entries)
  SELECT NEW.program_id, NEW.occurred_at / 86400000, e.currency, sum(e.amount), count(*) FROM ledger_entries e
  WHERE e.conversion = NEW.id AND +e.affiliate_id = NEW.affiliate_id AND e.from_affiliate_id IS NULL
  GROUP BY e.currency
  ON CONFLICT DO UPDATE SET earned = earned + excluded.earned, earned_entries = earned_entries + excluded.earned_entries;
END;

CREATE TRIGGER ledger_days_added AFTER INSERT ON ledger_entries
BEGIN
  INSERT INTO ledger_days (program_id, day, currency, posted, entries, paid)
  VALUES (NEW.program_id, NEW.occurred_at / 86400000, NEW.currency, NEW.amount, 1,
    iif(NEW.kind = 'payout', -NEW.amount, 0))
  ON CONFLICT DO UPDATE SET posted = posted + excluded.posted, entries = entries + excluded.entries, paid = paid + excluded.paid;
  INSERT INTO ledger_days (program_id, day, currency, available)
  VALUES (NEW.program_id, max(NEW.occurred_at, NEW.clears_at) / 86400000, NEW.currency, NEW.amount)
  ON CONFLICT DO UPDATE SET available = available + excluded.available;
  INSERT INTO ledger_days (program_id, day, currency, earned, earned_entries)
  SELECT c.program_id, c.occurred_at / 86400000, NEW.currency, NEW.amount, 1 FROM conversions c
  WHERE c.id = NEW.conversion AND c.affiliate_id = NEW.affiliate_id AND c.test = 0 AND NEW.from_affiliate_id IS NULL
  ON CONFLICT DO UPDATE SET earned = earned + excluded.earned, earned_entries = earned_entries + excluded.earned_entries;
END;

CREATE TRIGGER ledger_days_removed AFTER DELETE ON ledger_entries
BEGIN
  INSERT INTO ledger_days (program_id, day, currency, posted, entries, paid)
  VALUES (OLD.program_id, OLD.occurred_at / 86400000, OLD.currency, -OLD.amount, -1,
    -iif(OLD.kind = 'payout', -OLD.amount, 0))
  ON CONFLICT DO UPDATE SET posted = posted + excluded.posted, entries = entries + excluded.entries, paid = paid + excluded.paid;
  INSERT INTO ledger_days (program_id, day, currency, available)
  VALUES (OLD.program_id, max(OLD.occurred_at, OLD.clears_at) / 86400000, OLD.currency, -OLD.amount)
  ON CONFLICT DO UPDATE SET available = available + excluded.available;
  INSERT INTO ledger_days (program_id, day, currency, earned, earned_entries)
  SELECT c.program_id, c.occurred_at / 86400000, OLD.currency, -OLD.amount, -1 FROM conversions c
  WHERE c.id = OLD.conversion AND c.affiliate_id = OLD.affiliate_id AND c.test = 0 AND OLD.from_affiliate_id IS NULL
  ON CONFLICT DO UPDATE SET earned = earned + excluded.earned, earned_entries = earned_entries + excluded.earned_entries;
END;

-- The rows from before. Each statement replaces whole sums, so what the triggers counted meanwhile is in them once.
INSERT OR REPLACE INTO conversion_days (program_id, day, type, currency, credited, uncredited, revenue)
SELECT program_id, occurred_at / 86400000, type, coalesce(currency, ''), count(affiliate_id), count(*) - count(affiliate_id),
  coalesce(sum(coalesce(amount, 0) - refunded) FILTER (WHERE affiliate_id IS NOT NULL), 0)
FROM conversions WHERE test = 0 GROUP BY 1, 2, 3, 4;

INSERT OR REPLACE INTO ledger_days (program_id, day, currency, posted, entries, paid, available, earned, earned_entries)
SELECT program_id, day, currency, sum(posted), sum(entries), sum(paid), sum(available), sum(earned), sum(earned_entries)
FROM (
  SELECT program_id, occurred_at / 86400000 AS day, currency, amount AS posted, 1 AS entries, iif(kind = 'payout', -amount, 0) AS paid,
    0 AS available, 0 AS earned, 0 AS earned_entries FROM ledger_entries
  UNION ALL
  SELECT program_id, max(occurred_at, clears_at) / 86400000, currency, 0, 0, 0, amount, 0, 0 FROM ledger_entries
  UNION ALL
  SELECT c.program_id, c.occurred_at / 86400000, e.currency, 0, 0, 0, 0, e.amount, 1
  FROM conversions c JOIN ledger_entries e ON e.conversion = c.id AND e.affiliate_id = c.affiliate_id
  WHERE c.test = 0 AND e.from_affiliate_id IS NULL
) GROUP BY 1, 2, 3;
