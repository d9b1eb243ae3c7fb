-- How affiliates are paid, apart from the books: a person's details can be erased while the ledger stays what it was.

-- Every state that an affiliate's payment details have had: a payout run pays to those of when it was approved.
CREATE TABLE payees (
  affiliate_id INTEGER NOT NULL REFERENCES affiliates (id),
  version INTEGER NOT NULL, -- 1, 2, 3 …; the highest is what holds
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL CHECK (changed_by IN ('affiliate', 'merchant')),
  method TEXT CHECK (method IN ('paypal', 'bank')), -- null: they were taken away
  masked TEXT, -- j•••@example.com, •••• 3000; null once erased
  sealed_details TEXT, -- JSON, see src/payouts/payment-details.ts, sealed with the VAULT_KEY; null once erased
  PRIMARY KEY (affiliate_id, version)
) WITHOUT ROWID;

-- The form that the merchant has received; the form itself is not kept here.
CREATE TABLE tax_forms (
  affiliate_id INTEGER PRIMARY KEY REFERENCES affiliates (id),
  form TEXT NOT NULL CHECK (form IN ('w9', 'w8ben', 'w8bene', 'other')),
  received_at INTEGER NOT NULL
);

-- When the person behind an affiliate was erased: name and e-mail address are gone, and nobody signs in any more.
ALTER TABLE affiliates ADD COLUMN erased_at INTEGER;
