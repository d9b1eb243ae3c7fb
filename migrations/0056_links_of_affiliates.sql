-- Affiliates archive links, and choose slugs where their program allows it.

ALTER TABLE links ADD COLUMN archived_at INTEGER; -- an archived link still works; null for the others
ALTER TABLE programs ADD COLUMN own_slugs INTEGER NOT NULL DEFAULT 0;
