/** The Customer object's own tables. */

/**
 * All tables except facts, terms and conversions can be rebuilt from the facts. They keep the cost of a new fact
 * constant.
 */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS facts (id TEXT PRIMARY KEY, fact TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS facts_erased ON facts (substr(id, 12)) WHERE id >= '+' AND id < ',';
  CREATE TABLE IF NOT EXISTS terms (version INTEGER PRIMARY KEY, terms TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS conversions (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS fact_places (
    id TEXT PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, folded INTEGER NOT NULL, conversion_id TEXT, subscription TEXT
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS facts_in_order ON fact_places (at, id) WHERE folded = 1;
  CREATE INDEX IF NOT EXISTS facts_by_conversion ON fact_places (conversion_id) WHERE conversion_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS facts_by_subscription ON fact_places (subscription, type, at, id) WHERE subscription IS NOT NULL;
  CREATE TABLE IF NOT EXISTS touches (
    at INTEGER NOT NULL, click_id TEXT NOT NULL, affiliate_id INTEGER NOT NULL, touch TEXT NOT NULL, PRIMARY KEY (at, click_id)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS touches_by_affiliate ON touches (affiliate_id, at);
  CREATE INDEX IF NOT EXISTS touches_by_source ON touches (affiliate_id, touch ->> 'source', at);
  CREATE TABLE IF NOT EXISTS standings (
    affiliate_id INTEGER NOT NULL, since INTEGER NOT NULL, approved INTEGER NOT NULL, PRIMARY KEY (affiliate_id, since)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS marks (kind TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (kind, hash)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS own (affiliate_id INTEGER NOT NULL, by TEXT NOT NULL, PRIMARY KEY (affiliate_id, by)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS rulings (
    scope TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL, ruling TEXT NOT NULL, PRIMARY KEY (scope, at, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS checkpoints (
    at INTEGER NOT NULL, id TEXT NOT NULL, folded INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (at, id)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

/** All tables, and the outbox. */
export const TABLES = [
  ...["facts", "terms", "conversions", "fact_places", "touches", "standings", "marks", "own", "rulings"],
  ...["checkpoints", "settings", "outbox"],
];
