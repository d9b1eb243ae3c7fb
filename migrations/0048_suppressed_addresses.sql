-- Addresses that the mail service sends nothing to, because emails bounced or were marked as spam.
CREATE TABLE suppressed_addresses (
  address_hash TEXT NOT NULL PRIMARY KEY, -- keyed with VAULT_KEY
  suppressed_at INTEGER NOT NULL
);
