-- A link that is named without its host, and a programme's links, are found without reading every link.
CREATE INDEX links_by_name ON links (slug);
CREATE INDEX links_by_program ON links (program_id);
