-- What a room takes before its newest cards wait in a fold, and the one message that stands for those.

-- In the fold since then; none: not there. Who has an answer while it is in there needs no card any more.
ALTER TABLE card ADD COLUMN folded_at timestamptz;
-- When the room's budget took it; from then on it is posted, however often that has to be tried.
ALTER TABLE card ADD COLUMN let_in_at timestamptz;

CREATE INDEX card_folded ON card (chat, room) WHERE folded_at IS NOT NULL AND message_id IS NULL AND watched;

-- What is in a fold has no message on purpose.
DROP INDEX card_unposted;
CREATE INDEX card_unposted ON card (id) WHERE message_id IS NULL AND folded_at IS NULL;

CREATE TABLE fold (
    chat text NOT NULL,
    room text NOT NULL,
    -- When our newest messages came there, as far back as its budget counts.
    posted timestamptz[] NOT NULL DEFAULT '{}',
    -- Counts folds: names the one effect that keeps this one.
    number bigint NOT NULL DEFAULT 0,
    -- Since when cards wait, how many there were since, and since when none waits any more: over where it is not earlier.
    began_at timestamptz,
    came bigint NOT NULL DEFAULT 0,
    over_at timestamptz,
    -- Counts what happened to those that wait.
    changes bigint NOT NULL DEFAULT 0,
    message_id text,
    -- Counts messages, as a card's does.
    generation integer NOT NULL DEFAULT 0,
    shown_at timestamptz,
    PRIMARY KEY (chat, room)
);
