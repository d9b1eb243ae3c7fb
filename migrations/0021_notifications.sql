-- What affiliates are told by e-mail: whom of what, how often, and what was told of late, so that nothing is told twice.

-- One row an affiliate that has had anything to be told, or has chosen what. Without one the defaults hold.
CREATE TABLE notified_affiliates (
  affiliate_id INTEGER PRIMARY KEY REFERENCES affiliates (id),
  sales TEXT NOT NULL DEFAULT 'each' CHECK (sales IN ('each', 'daily', 'never')),
  payouts INTEGER NOT NULL DEFAULT 1,
  zone TEXT, -- in which a day's letter comes at eight; UTC where null
  due_at INTEGER, -- when the cron looks at it again; null while nothing waits
  leased_until INTEGER NOT NULL DEFAULT 0, -- one run of the cron has it until then
  attempts INTEGER NOT NULL DEFAULT 0, -- that failed since a letter last went out
  sales_sent_at INTEGER -- the last letter about sales
);
CREATE INDEX notified_affiliates_due ON notified_affiliates (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE notifications (
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  kind TEXT NOT NULL CHECK (kind IN ('sale', 'paid', 'failed', 'returned')),
  subject TEXT NOT NULL, -- the conversion's id, or the statement's
  happened_at INTEGER NOT NULL,
  noted_at INTEGER NOT NULL,
  told_at INTEGER, -- also of what the affiliate does not want to be told; null while it waits
  PRIMARY KEY (affiliate_id, kind, subject)
) WITHOUT ROWID;
