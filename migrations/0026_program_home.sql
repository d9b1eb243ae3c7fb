-- Where a program's dead ends lead: its shop's home page, null if it isn't set.
ALTER TABLE programs ADD COLUMN home_url TEXT;
