import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { unstable_splitSqlQuery } from "wrangler";
import { orderExport } from "../../src/deploy/order-export.ts";

/** As `wrangler d1 export` writes it: each table with its rows, oldest table first, and triggers between them. */
const EXPORT = `PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE keys (id INTEGER PRIMARY KEY, user_id TEXT REFERENCES users (id));
INSERT INTO "keys" ("id","user_id") VALUES(1,'u;1');
CREATE TABLE log (key INTEGER, at TEXT, PRIMARY KEY (key));
INSERT INTO "log" ("key","at") VALUES(1,'then');
CREATE TABLE users (id TEXT PRIMARY KEY);
INSERT INTO "users" ("id") VALUES('u;1');
CREATE INDEX keys_by_user ON keys (user_id);
CREATE TRIGGER log_key AFTER INSERT ON keys BEGIN
  INSERT INTO log VALUES (new.id, 'now');
  UPDATE log SET at = 'now' WHERE key = new.id;
END;
`;

test("an export runs on an empty database once its statements are ordered, and gives the same rows", () => {
  const ordered = orderExport(unstable_splitSqlQuery(EXPORT));
  const db = new DatabaseSync(":memory:");
  db.exec(`BEGIN;\n${ordered.join("\n")}\nCOMMIT;`);
  expect(db.prepare("SELECT key, at FROM log").all()).toEqual([{ key: 1, at: "then" }]);
  expect(db.prepare("SELECT id FROM users").all()).toEqual([{ id: "u;1" }]);
  const kinds = db.prepare("SELECT type FROM sqlite_master WHERE name IN ('keys_by_user', 'log_key')").all();
  expect(kinds).toEqual([{ type: "index" }, { type: "trigger" }]);
  expect(ordered).toHaveLength(9);
  db.close();
});
