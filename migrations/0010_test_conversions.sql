-- Conversions of providers' test modes: kept, shown apart, in no figure and never paid.
ALTER TABLE conversions ADD COLUMN test INTEGER NOT NULL DEFAULT 0;

-- They are few, and listed by themselves without reading the others; a real conversion costs no row here.
CREATE INDEX conversions_in_test ON conversions (occurred_at) WHERE test = 1;
