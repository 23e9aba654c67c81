-- What whoever hands a file in knows better than the file does, as they typed it: which column is which, the scale, the dates.
ALTER TABLE import_file ADD COLUMN said text NOT NULL DEFAULT '';
-- The rows that were not taken, each with its place, the reason and its own words, for whoever mends them.
ALTER TABLE import_file ADD COLUMN rejected jsonb NOT NULL DEFAULT '[]';
