-- Days some of whose clicks were deleted without having been archived: their counts can be compared with nothing.
CREATE TABLE click_gaps (
  day INTEGER PRIMARY KEY -- days since the epoch, UTC
);

-- What the nightly check, or one asked for, found when it compared counts with the log.
CREATE TABLE click_checks (
  id INTEGER PRIMARY KEY,
  checked_at INTEGER NOT NULL,
  day INTEGER NOT NULL, -- the day that was compared: days since the epoch, UTC
  clicks INTEGER NOT NULL, -- hits of that day in the log
  differences INTEGER NOT NULL,
  mended INTEGER NOT NULL, -- differences that were set right
  details TEXT NOT NULL -- JSON array of the first differences
);
