-- The counted clicks of whole days of programs, for the overview. A row is written once its day has ended, and any change of the
-- counts that it sums up deletes it, also by the previous Worker: if there is a row, it is right.

CREATE TABLE program_click_days (
  program_id INTEGER NOT NULL,
  day INTEGER NOT NULL, -- days since the epoch, UTC
  clicks INTEGER NOT NULL,
  details TEXT NOT NULL, -- JSON: clicks by hour and by country
  PRIMARY KEY (program_id, day)
) WITHOUT ROWID;

CREATE TRIGGER program_click_days_added AFTER INSERT ON click_days WHEN NEW.verdict = 0
BEGIN
  DELETE FROM program_click_days WHERE day = NEW.day AND program_id = (SELECT program_id FROM links WHERE id = NEW.link_id);
END;

CREATE TRIGGER program_click_days_changed AFTER UPDATE ON click_days WHEN NEW.verdict = 0
BEGIN
  DELETE FROM program_click_days WHERE day = NEW.day AND program_id = (SELECT program_id FROM links WHERE id = NEW.link_id);
END;

CREATE TRIGGER program_click_days_removed AFTER DELETE ON click_days WHEN OLD.verdict = 0
BEGIN
  DELETE FROM program_click_days WHERE day = OLD.day AND program_id = (SELECT program_id FROM links WHERE id = OLD.link_id);
END;
