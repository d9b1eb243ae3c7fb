-- When the affiliate last signed out everywhere: browsers that were marked as its own before are no longer.
ALTER TABLE affiliates ADD COLUMN signed_out_at INTEGER;
