-- What merchants' checkouts deliver: endpoints with several secrets, a log of every delivery, and the names by which later
-- events find their customer.

-- Several at a time, so that one can follow another without a delivery being refused.
CREATE TABLE endpoint_secrets (
  endpoint_id TEXT NOT NULL REFERENCES endpoints (id),
  id TEXT NOT NULL,
  sealed_secret TEXT NOT NULL, -- AES-256-GCM under VAULT_KEY, bound to the endpoint's id
  created_at INTEGER NOT NULL,
  expires_at INTEGER, -- ms since the epoch; null while nothing ends it
  PRIMARY KEY (endpoint_id, id)
) WITHOUT ROWID;
INSERT INTO endpoint_secrets (endpoint_id, id, sealed_secret, created_at)
  SELECT id, 'sec_1', sealed_secret, created_at FROM endpoints;
ALTER TABLE endpoints DROP COLUMN sealed_secret;
ALTER TABLE endpoints ADD COLUMN test INTEGER NOT NULL DEFAULT 0; -- all that comes by it is test mode's
ALTER TABLE endpoints ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
CREATE INDEX endpoints_by_program ON endpoints (program_id);

-- The digest is now of what was read out of a body, since providers send an event again with another attempt counter.
-- The objects know events of before by their ids.
DELETE FROM webhook_events;

-- One row a delivery. Ids begin with the time, so that they sort by it.
CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  program_id INTEGER NOT NULL,
  endpoint_id TEXT NOT NULL,
  source TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  test INTEGER NOT NULL, -- the endpoint's mode when it came
  type TEXT, -- the provider's name of what happened; null where it was not read
  event_id TEXT, -- the provider's
  status TEXT NOT NULL, -- received (being worked on), recorded, duplicate, ignored, waiting, spooled, refused
  reason TEXT, -- a stable code
  detail TEXT, -- in words
  conversion TEXT,
  attributed_to TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER -- when it is tried again; null for never
) WITHOUT ROWID;
CREATE INDEX deliveries_by_program ON deliveries (program_id, id);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;

-- The names of which a waiting delivery needs one to be heard of.
CREATE TABLE delivery_waits (
  program_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  PRIMARY KEY (program_id, name, delivery_id)
) WITHOUT ROWID;
CREATE INDEX delivery_waits_by_delivery ON delivery_waits (delivery_id);

-- The requests of deliveries from proved senders, apart so that they can go after 30 days while the log stays.
CREATE TABLE delivery_requests (
  id TEXT PRIMARY KEY, -- the delivery's
  sealed_request TEXT NOT NULL -- AES-256-GCM under VAULT_KEY, bound to the id
) WITHOUT ROWID;

-- Payments, subscriptions and e-mail addresses heard of, each with the customer it belongs to: later events often name
-- nobody.
CREATE TABLE known_names (
  program_id INTEGER NOT NULL,
  name TEXT NOT NULL, -- payment:…, subscription:… or related:… with its namespace, or email:… and the keyed hash
  customer_key TEXT NOT NULL,
  payment TEXT, -- the one name of a payment that has several; else null
  origin TEXT NOT NULL, -- endpoint and id of the event that brought it
  PRIMARY KEY (program_id, name)
) WITHOUT ROWID;
