-- Who had a sign-in link besides the user who signs in with it: user ids as a JSON list. A session has those of its link, because
-- two approvals of a payout run must be two people's. Null for none, and for links and sessions of earlier releases.
ALTER TABLE user_sign_in_links ADD COLUMN opened_by TEXT;
ALTER TABLE user_sessions ADD COLUMN opened_by TEXT;
