-- What only one replica may do at a time, who does it now, and what the next one has to know to go on.
CREATE TABLE leader (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    until timestamptz NOT NULL,
    state jsonb
);
