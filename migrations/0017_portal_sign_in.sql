-- How often an affiliate was sent a sign-in link of late: nobody can have others' letter boxes filled.
CREATE TABLE sign_in_mails (
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  sent_at INTEGER NOT NULL,
  PRIMARY KEY (affiliate_id, sent_at)
) WITHOUT ROWID;
