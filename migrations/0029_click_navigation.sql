-- What the browser said of how the request came about; see src/redirect/navigation.ts. Null where it said nothing.
ALTER TABLE clicks ADD COLUMN navigation INTEGER;
