-- What a delivery from a source said, so that the same id with other words is told apart. None: it came before this was
-- kept, and is recognised by its id alone.
ALTER TABLE delivery ADD COLUMN body_hash bytea;

-- Since when an effect waits because nobody who took it could read what it is about.
ALTER TABLE effect ADD COLUMN unread_since timestamptz;

CREATE INDEX effect_unread ON effect (unread_since) WHERE unread_since IS NOT NULL;
