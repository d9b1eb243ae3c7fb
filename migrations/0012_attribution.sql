-- Who the customers are, who is an affiliate's own, and what affiliates may see of sales that another one got.

-- Codes that credit an affiliate, in upper case: a checkout's customers write them as they like.
CREATE TABLE coupons (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  code TEXT NOT NULL,
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (program_id, code)
) WITHOUT ROWID;
CREATE INDEX coupons_by_affiliate ON coupons (affiliate_id, program_id);

-- Keyed hashes of what tells an affiliate as a customer, besides the e-mail address in affiliates: own purchases earn nothing.
CREATE TABLE affiliate_marks (
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  kind TEXT NOT NULL, -- email, payment_details or visitor
  hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (affiliate_id, kind, hash)
) WITHOUT ROWID;

-- Every Customer object there is: the projections are made again from these. No projection itself.
CREATE TABLE customers (
  key TEXT PRIMARY KEY, -- the object's name
  program_id INTEGER NOT NULL,
  -- The object that this one's customer turned out to be, which has all its facts; null for most.
  merged_into TEXT,
  handed_over INTEGER NOT NULL DEFAULT 0, -- that one has them; until then it is tried again
  namespace TEXT, -- whose id the key is made from; null for what is no id
  first_seen_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX customers_merged ON customers (merged_into, handed_over) WHERE merged_into IS NOT NULL;
CREATE INDEX customers_by_program ON customers (program_id, key);

-- Objects with something to relay, from the moment that an event is handed to them until all of it has arrived.
CREATE TABLE unrelayed_customers (
  key TEXT PRIMARY KEY,
  since INTEGER NOT NULL
) WITHOUT ROWID;

-- The objects of before.
INSERT INTO customers (key, program_id, first_seen_at)
  SELECT customer_key, min(program_id), 0 FROM known_names GROUP BY customer_key;

-- Conversions that an affiliate's touch was weighed for and another one, or nobody, got. A projection.
CREATE TABLE touched_conversions (
  conversion_id TEXT NOT NULL,
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  program_id INTEGER NOT NULL REFERENCES programs (id),
  occurred_at INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (conversion_id, affiliate_id)
) WITHOUT ROWID;
CREATE INDEX touched_conversions_by_affiliate ON touched_conversions (affiliate_id, program_id, occurred_at);

-- Who a conversion's customer is: disputes find its object by it.
ALTER TABLE conversions ADD COLUMN customer_key TEXT NOT NULL DEFAULT '';
