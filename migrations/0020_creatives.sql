-- What a merchant gives its affiliates to promote it with: banners and texts for their links, and places to look things up.
-- Which columns a row has is its kind's: an image has url, width, height and alt, a text its text, a resource its url.
CREATE TABLE creatives (
  id TEXT PRIMARY KEY, -- cr_ and part of a hash of the programme and the Idempotency-Key that made it
  program_id INTEGER NOT NULL REFERENCES programs (id),
  kind TEXT NOT NULL CHECK (kind IN ('image', 'text', 'resource')),
  title TEXT NOT NULL,
  url TEXT, -- https: of the picture, or what a resource leads to
  width INTEGER, -- CSS pixels
  height INTEGER,
  alt TEXT,
  text TEXT, -- {link} in it stands for the affiliate's own link
  destination_url TEXT, -- where an affiliate's link should lead that allows deep links; null: where it leads by itself
  position INTEGER NOT NULL, -- ascending; ties by id
  digest TEXT NOT NULL, -- of the body that made it, by which a repeated call is told from another one
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX creatives_by_program ON creatives (program_id, position, id);
