-- Counting an affiliate's conversions by type and link reads the index alone: in the table these stand behind the record.
DROP INDEX conversions_by_affiliate;
CREATE INDEX conversions_by_affiliate ON conversions (affiliate_id, program_id, occurred_at, test, type, link_id);
