-- Lists of the API are read in the order of an index, from the rows of one program, affiliate, customer or payment.
CREATE INDEX affiliates_by_time ON affiliates (created_at);
CREATE INDEX enrollments_by_time ON enrolments (program_id, created_at, affiliate_id);
CREATE INDEX enrollments_by_status ON enrolments (program_id, status, created_at, affiliate_id);

-- The id stands where lists are ordered by it; what is filtered comes after.
DROP INDEX conversions_by_program;
CREATE INDEX conversions_by_program ON conversions (program_id, occurred_at, id, test, type, affiliate_id);
CREATE INDEX conversions_by_customer ON conversions (customer_key, occurred_at, id);
-- An expression instead of a column: the previous Worker writes no such column while this one is deployed.
CREATE INDEX conversions_by_payment ON conversions (program_id, json_extract(record, '$.payment'))
  WHERE json_extract(record, '$.payment') IS NOT NULL;

-- Which namespaces of ids a program's customers have.
CREATE INDEX customers_by_namespace ON customers (program_id, namespace);

-- Redirect hosts that a program had before; their links keep working.
CREATE TABLE former_hosts (
  host TEXT NOT NULL PRIMARY KEY,
  program_id INTEGER NOT NULL REFERENCES programs (id),
  left_at INTEGER NOT NULL
);
CREATE INDEX former_hosts_by_program ON former_hosts (program_id);
