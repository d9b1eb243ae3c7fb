-- The sponsor of an enrollment, from a time on: a sale pays the sponsor of its own time. Null for none from then on.
CREATE TABLE enrollment_sponsors (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  at INTEGER NOT NULL, -- 0 from the beginning
  sponsor_id INTEGER REFERENCES affiliates (id),
  shares_email INTEGER NOT NULL DEFAULT 0, -- whether the affiliate agreed, when joining, that the sponsor sees its email address
  PRIMARY KEY (program_id, affiliate_id, at)
) WITHOUT ROWID;
CREATE INDEX enrollment_sponsors_by_sponsor ON enrollment_sponsors (sponsor_id, program_id) WHERE sponsor_id IS NOT NULL;

-- Until now a sponsor was the same in all programs.
INSERT INTO enrollment_sponsors (program_id, affiliate_id, at, sponsor_id)
SELECT e.program_id, e.affiliate_id, 0, a.sponsor_id
FROM enrolments e JOIN affiliates a ON a.id = e.affiliate_id WHERE a.sponsor_id IS NOT NULL;

-- An enrollment begins with its affiliate's own sponsor, also one that the previous Worker adds.
CREATE TRIGGER enrollments_begin_with_a_sponsor AFTER INSERT ON enrolments
WHEN (SELECT sponsor_id FROM affiliates WHERE id = NEW.affiliate_id) IS NOT NULL
BEGIN
  INSERT OR IGNORE INTO enrollment_sponsors (program_id, affiliate_id, at, sponsor_id)
  SELECT NEW.program_id, NEW.affiliate_id, 0, sponsor_id FROM affiliates WHERE id = NEW.affiliate_id;
END;
