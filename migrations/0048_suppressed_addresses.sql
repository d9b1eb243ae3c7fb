-- Addresses that bounced, or whose owner marked an email as spam. No email is sent to them.
CREATE TABLE suppressed_addresses (
  address_hash TEXT NOT NULL PRIMARY KEY, -- keyed with VAULT_KEY
  reason TEXT NOT NULL CHECK (reason IN ('bounced', 'complained', 'refused')),
  suppressed_at INTEGER NOT NULL
);
