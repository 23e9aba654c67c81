-- A source that cannot be read, or from which nothing comes for unusually long, is told of where its items go.
ALTER TABLE source_state
    -- Since when reading it fails, one time after the other.
    ADD COLUMN failing_since timestamptz,
    -- Whether that was told, and when it last was: a source that comes and goes is not told of each time.
    ADD COLUMN trouble_is_told boolean NOT NULL DEFAULT false,
    ADD COLUMN trouble_told_at timestamptz,
    -- When somebody last looked whether it is silent, and after which arrival it was said to be.
    ADD COLUMN silence_looked_at timestamptz,
    ADD COLUMN silence_told_after timestamptz;

-- What came last from a source, and how long nothing came before.
CREATE INDEX item_of_source ON item (source, first_seen_at);
