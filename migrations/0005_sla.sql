-- Whom the clock calls. A row is one thing that one addressee has to know; what waits for the same addressee goes out
-- in one message, and what was dealt with meanwhile does not go out at all.
CREATE TABLE notice (
    id uuid PRIMARY KEY,
    addressee jsonb NOT NULL,
    item_id uuid NOT NULL REFERENCES item (id),
    event_id uuid NOT NULL REFERENCES item_event (id),
    -- The end of the addressee's quiet hours, or when it happened.
    not_before timestamptz NOT NULL,
    -- The effect whose message it is in.
    effect_id uuid,
    settled_at timestamptz,
    -- Nobody had to know it any more.
    dropped boolean NOT NULL DEFAULT false,
    UNIQUE (event_id, addressee)
);

CREATE INDEX notice_waiting ON notice (addressee, not_before) WHERE settled_at IS NULL;
CREATE INDEX notice_of_item ON notice (item_id);
CREATE INDEX notice_over ON notice (settled_at) WHERE settled_at IS NOT NULL;

-- What people have set for themselves.
CREATE TABLE preference (
    person text PRIMARY KEY,
    -- {"from": minutes of the day, "to": minutes of the day}
    quiet jsonb,
    zone text
);
