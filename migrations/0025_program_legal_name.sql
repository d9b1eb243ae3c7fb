-- The merchant's legal name and address, for statements. Null: statements show the program's name only.
ALTER TABLE programs ADD COLUMN legal_name TEXT;
ALTER TABLE programs ADD COLUMN address TEXT; -- lines, separated by line feeds
