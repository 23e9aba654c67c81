-- Since when an item is urgent: a step of its chain said so. It stands first in every list.
ALTER TABLE item ADD COLUMN raised_at timestamptz;

CREATE INDEX item_urgent_first ON item ((raised_at IS NULL), due_at, id) WHERE state IN ('open', 'claimed', 'snoozed');
