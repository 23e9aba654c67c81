-- What may have been done is looked up before anything new of its line is done: it stands in a line of its own before all
-- others, so that one lost answer never waits behind a backlog, however long.
CREATE INDEX effect_rank ON effect (coalesce(pace, ''), (CASE state WHEN 'unknown' THEN -1 ELSE lane END), run_at, seq)
    WHERE state IN ('ready', 'unknown');
DROP INDEX effect_line;
