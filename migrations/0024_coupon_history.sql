-- Who owned each coupon when: a sale is credited to the owner at its own time, however late it arrives.

CREATE TABLE coupon_owners (
  program_id INTEGER NOT NULL REFERENCES programs (id),
  code TEXT NOT NULL,
  at INTEGER NOT NULL,
  affiliate_id INTEGER REFERENCES affiliates (id), -- null from the coupon's deletion on
  PRIMARY KEY (program_id, code, at)
) WITHOUT ROWID;
CREATE INDEX coupon_owners_by_affiliate ON coupon_owners (affiliate_id, program_id) WHERE affiliate_id IS NOT NULL;

INSERT INTO coupon_owners (program_id, code, at, affiliate_id)
  SELECT program_id, code, created_at, affiliate_id FROM coupons;

-- Triggers, because the previous Worker writes coupons too. A code's times ascend even if clocks differ.
CREATE TRIGGER coupons_created AFTER INSERT ON coupons
BEGIN
  INSERT INTO coupon_owners (program_id, code, at, affiliate_id)
    SELECT NEW.program_id, NEW.code, max(NEW.created_at, coalesce(max(at) + 1, 0)), NEW.affiliate_id
    FROM coupon_owners WHERE program_id = NEW.program_id AND code = NEW.code;
END;

-- This Worker states the time of a deletion itself, before it.
CREATE TRIGGER coupons_deleted AFTER DELETE ON coupons
WHEN (
  SELECT affiliate_id FROM coupon_owners WHERE program_id = OLD.program_id AND code = OLD.code ORDER BY at DESC LIMIT 1
) IS NOT NULL
BEGIN
  INSERT INTO coupon_owners (program_id, code, at, affiliate_id)
    SELECT OLD.program_id, OLD.code, max(CAST(unixepoch('subsec') * 1000 AS INTEGER), coalesce(max(at) + 1, 0)), NULL
    FROM coupon_owners WHERE program_id = OLD.program_id AND code = OLD.code;
END;
