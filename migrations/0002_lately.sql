-- "What happened lately", over all items. Both tables only grow at their end, so a block range index costs next to
-- nothing to keep and is enough to skip all that is older.

CREATE INDEX item_event_lately ON item_event USING brin (at);
CREATE INDEX effect_attempt_lately ON effect_attempt USING brin (ended_at);
