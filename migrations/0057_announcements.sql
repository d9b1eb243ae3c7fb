-- What a merchant announces to the affiliates of a program, on the portal's overview.
CREATE TABLE announcements (
  id TEXT PRIMARY KEY, -- begins with the time, so that ids are in the order of the announcements
  program_id INTEGER NOT NULL REFERENCES programs (id),
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX announcements_by_program ON announcements (program_id, id);
