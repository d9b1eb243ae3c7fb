-- Why an enrollment got a status, for its affiliate. Null where the merchant gave no reason.
ALTER TABLE enrolment_statuses ADD COLUMN reason TEXT;
