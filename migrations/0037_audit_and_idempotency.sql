-- Who changed what, and when. `id` begins with the time, so that it sorts by it.
CREATE TABLE audit_entries (
  id TEXT PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'key', 'affiliate', 'system')),
  actor TEXT NOT NULL,
  key_id TEXT,
  action TEXT NOT NULL,
  program_id INTEGER REFERENCES programs (id),
  subject_type TEXT NOT NULL,
  subject TEXT NOT NULL,
  before TEXT,
  after TEXT
) WITHOUT ROWID;
CREATE INDEX audit_by_program ON audit_entries (program_id, id);
CREATE INDEX audit_by_actor ON audit_entries (actor, id);
CREATE INDEX audit_by_subject ON audit_entries (subject_type, subject, id);

-- Responses of calls with an Idempotency-Key, sealed, so that a repeated call gets the same one.
CREATE TABLE idempotent_calls (
  key_id TEXT NOT NULL,
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  sealed_response TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (key_id, idempotency_key)
) WITHOUT ROWID;
CREATE INDEX idempotent_calls_by_time ON idempotent_calls (at);
