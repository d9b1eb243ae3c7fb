-- How affiliates join a program. A program without a row has the default form.
CREATE TABLE application_forms (
  program_id INTEGER NOT NULL PRIMARY KEY REFERENCES programs (id),
  form TEXT NOT NULL, -- JSON, see src/applications/application-form.ts
  updated_at INTEGER NOT NULL
);

-- One-time links to join a program. The link is derived from the id.
CREATE TABLE invitations (
  id TEXT NOT NULL PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  email TEXT NOT NULL,
  name TEXT,
  group_slug TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  revoked_at INTEGER
);
CREATE INDEX invitations_by_program ON invitations (program_id, id);

CREATE TABLE applications (
  id TEXT NOT NULL PRIMARY KEY, -- begins with the time
  program_id INTEGER NOT NULL REFERENCES programs (id),
  status TEXT NOT NULL CHECK (status IN ('unconfirmed', 'in_review', 'approved', 'rejected')),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  username TEXT NOT NULL,
  affiliate_id INTEGER REFERENCES affiliates (id), -- once it has, or is of, an account
  country TEXT,
  answers TEXT NOT NULL, -- JSON: question, its label then, answer
  terms_version TEXT, -- of the terms of service that were accepted
  sponsor_id INTEGER REFERENCES affiliates (id),
  shares_email INTEGER NOT NULL DEFAULT 0,
  invitation_id TEXT REFERENCES invitations (id),
  group_slug TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  confirmed_at INTEGER,
  decided_at INTEGER,
  reason TEXT, -- of a rejection, for the applicant
  may_reapply INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX applications_by_status ON applications (program_id, status, id);
CREATE INDEX applications_by_email ON applications (email, program_id);
CREATE INDEX applications_by_affiliate ON applications (affiliate_id) WHERE affiliate_id IS NOT NULL;
-- One at a time is in review of each person and program, and its username is taken.
CREATE UNIQUE INDEX applications_in_review ON applications (program_id, email) WHERE status = 'in_review';
CREATE UNIQUE INDEX applications_with_username ON applications (username, program_id) WHERE status = 'in_review';
-- An invitation works once.
CREATE UNIQUE INDEX applications_by_invitation ON applications (invitation_id) WHERE status = 'approved' AND invitation_id IS NOT NULL;
