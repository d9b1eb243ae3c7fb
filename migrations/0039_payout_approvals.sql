-- The user who drafted a run and may approve runs: the draft counts as the first of two approvals. Null for others, and for runs of
-- earlier releases.
ALTER TABLE payout_runs ADD COLUMN created_by_approver TEXT;

-- A request to lower a program's number of approvals, until a second user confirms it.
CREATE TABLE approval_requests (
  program_id INTEGER PRIMARY KEY NOT NULL REFERENCES programs (id),
  payout_approvals INTEGER NOT NULL,
  requested_by TEXT NOT NULL REFERENCES users (id),
  requested_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
