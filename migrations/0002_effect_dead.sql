-- Few are given up, and they are asked for all the time: by the reconciler, and by whoever watches the backlog.
CREATE INDEX effect_dead ON effect (settled_at) WHERE state = 'dead';
