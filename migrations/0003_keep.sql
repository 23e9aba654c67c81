-- Finding what is old enough to be deleted, without walking through what is kept.

CREATE INDEX inbox_over ON inbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX delivery_by_age ON delivery (received_at);
CREATE INDEX effect_over ON effect (settled_at) WHERE state IN ('done', 'dead', 'cancelled');
CREATE INDEX timer_over ON timer (fired_at) WHERE fired_at IS NOT NULL;
CREATE INDEX odd_item_by_age ON odd_item (seen_at);
