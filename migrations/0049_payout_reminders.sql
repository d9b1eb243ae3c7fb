-- When an affiliate was last reminded of what a payout waits for.
CREATE TABLE payout_reminders (
  affiliate_id INTEGER NOT NULL PRIMARY KEY REFERENCES affiliates (id),
  sent_at INTEGER NOT NULL
);
