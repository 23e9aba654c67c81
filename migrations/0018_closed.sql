-- What a far side keeps closed to us and why, beside until when: for whoever asks why something does not come.
ALTER TABLE rate ADD COLUMN shut jsonb;
CREATE INDEX rate_shut ON rate (free_at) WHERE shut IS NOT NULL;

-- When somebody last asked for a lead that another one holds: whoever lets go knows whether anybody waits for it.
ALTER TABLE leader ADD COLUMN asked_at timestamptz;
