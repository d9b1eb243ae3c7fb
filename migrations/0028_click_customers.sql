-- The distinct customers who came with a click, numbered in the order in which they became known.
CREATE TABLE click_customers (
  click_id TEXT NOT NULL, -- in hex
  customer_key TEXT NOT NULL, -- the name of the Customer object
  number INTEGER NOT NULL, -- from 1
  PRIMARY KEY (click_id, customer_key)
) WITHOUT ROWID;

-- Since when a disabled link is disabled: click tokens signed later are no touches.
ALTER TABLE links ADD COLUMN disabled_at INTEGER;
