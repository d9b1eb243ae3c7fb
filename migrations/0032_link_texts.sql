-- How many new texts the clicks of a link and day have added to `texts`, so that one link can't fill it.
CREATE TABLE link_texts (
  day INTEGER NOT NULL, -- days since the epoch, UTC
  link_id INTEGER NOT NULL,
  texts INTEGER NOT NULL, -- so far
  allowed INTEGER NOT NULL, -- of the newest batch of clicks, which sets it and uses it in one transaction
  PRIMARY KEY (day, link_id)
) WITHOUT ROWID;
