-- The merchant's face on pages for affiliates, and its terms of service, which affiliates accept by version.
ALTER TABLE programs ADD COLUMN logo_url TEXT;
ALTER TABLE programs ADD COLUMN color TEXT; -- #rrggbb
ALTER TABLE programs ADD COLUMN headline TEXT;
ALTER TABLE programs ADD COLUMN support_email TEXT;
ALTER TABLE programs ADD COLUMN terms_url TEXT;
ALTER TABLE programs ADD COLUMN terms_version TEXT; -- the merchant's own name of the version
