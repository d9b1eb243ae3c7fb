-- Enrollments that their affiliate left, and those of affiliates that are banned. A CHECK can't be changed, so both tables are
-- copied. Their names and columns stay, so the previous Worker goes on writing them.
CREATE TABLE enrollments_next (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'suspended', 'left', 'banned')),
  created_at INTEGER NOT NULL,
  may_reapply INTEGER NOT NULL DEFAULT 1, -- whether an affiliate that was rejected, or left, may apply again
  PRIMARY KEY (program_id, affiliate_id)
) WITHOUT ROWID;
INSERT INTO enrollments_next (program_id, affiliate_id, status, created_at)
SELECT program_id, affiliate_id, status, created_at FROM enrolments;
DROP TABLE enrolments;
ALTER TABLE enrollments_next RENAME TO enrolments;
CREATE INDEX enrollments_by_time ON enrolments (program_id, created_at, affiliate_id);
CREATE INDEX enrollments_by_status ON enrolments (program_id, status, created_at, affiliate_id);

CREATE TABLE enrollment_statuses_next (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  at INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'suspended', 'left', 'banned')),
  reason TEXT,
  PRIMARY KEY (program_id, affiliate_id, at)
) WITHOUT ROWID;
INSERT INTO enrollment_statuses_next (program_id, affiliate_id, at, status, reason)
SELECT program_id, affiliate_id, at, status, reason FROM enrolment_statuses;
DROP TABLE enrolment_statuses;
ALTER TABLE enrollment_statuses_next RENAME TO enrolment_statuses;
