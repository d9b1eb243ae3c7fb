-- Which of a month's payout windows a run is for: 1 or 2.
ALTER TABLE payout_runs ADD COLUMN window_number INTEGER NOT NULL DEFAULT 1;
