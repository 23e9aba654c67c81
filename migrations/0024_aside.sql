-- What a source told about an item that only a newer release can read: kept, and taken up by whoever can.
ALTER TABLE odd_item ADD COLUMN incoming jsonb;
CREATE INDEX odd_item_aside ON odd_item (id) WHERE incoming IS NOT NULL;
