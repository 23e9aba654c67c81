-- The spine: items and their log, what chat shows of them, and what is to be done outside.
-- Time is always a parameter: no default and no query asks the database what time it is.

CREATE TABLE item (
    id uuid PRIMARY KEY,
    -- What people type.
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    source text NOT NULL,
    -- Where native_id is unique: a location, an app, a shop.
    scope text NOT NULL,
    native_id text NOT NULL,
    kind text NOT NULL,
    tone text NOT NULL,
    rating jsonb,
    title text,
    body text,
    language text,
    author jsonb NOT NULL,
    subject jsonb,
    verified text,
    votes jsonb NOT NULL,
    permalink text,
    published_at timestamptz,
    edited_at timestamptz,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    fingerprint bytea NOT NULL,
    caps jsonb NOT NULL,
    raw jsonb NOT NULL,
    route text NOT NULL,
    handling jsonb NOT NULL,
    state text NOT NULL GENERATED ALWAYS AS (handling ->> 'state') STORED,
    escalation jsonb,
    deadline jsonb,
    due_at timestamptz,
    overdue_at timestamptz,
    reply_id uuid,
    -- When somebody looked and did not find it at the source; a second look decides.
    missed_at timestamptz,
    -- Bumped by every change that a card shows.
    version bigint NOT NULL DEFAULT 1,
    UNIQUE (source, scope, native_id),
    CONSTRAINT item_state_is_known CHECK (state IN ('open', 'claimed', 'snoozed', 'answered', 'handled', 'removed')),
    CONSTRAINT item_deadline_is_whole CHECK ((deadline IS NULL) = (due_at IS NULL))
);

CREATE INDEX item_still_open ON item (due_at, id) WHERE state IN ('open', 'claimed', 'snoozed');
CREATE INDEX item_by_arrival ON item (first_seen_at);
CREATE INDEX item_missing ON item (source, missed_at) WHERE missed_at IS NOT NULL;

-- The customer's earlier words.
CREATE TABLE item_revision (
    item_id uuid NOT NULL REFERENCES item (id),
    revision integer NOT NULL,
    rating jsonb,
    title text,
    body text,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (item_id, revision)
);

-- Append-only: who, what, when, why.
CREATE TABLE item_event (
    id uuid PRIMARY KEY,
    -- Ids made in the same instant have no order of their own.
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    item_id uuid NOT NULL REFERENCES item (id),
    at timestamptz NOT NULL,
    by_person text,
    what text NOT NULL,
    detail jsonb NOT NULL
);

CREATE INDEX item_event_of_item ON item_event (item_id, seq);
CREATE INDEX item_event_by_kind ON item_event (what, at);

CREATE FUNCTION item_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'item_event is append-only';
END
$$;

CREATE TRIGGER item_event_stays BEFORE UPDATE OR DELETE ON item_event
FOR EACH ROW EXECUTE FUNCTION item_event_is_append_only();

CREATE TABLE reply (
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES item (id),
    body text NOT NULL,
    by_person text NOT NULL,
    state jsonb NOT NULL,
    phase text NOT NULL GENERATED ALWAYS AS (state ->> 'state') STORED,
    -- Which of the customer's versions it answers.
    answers integer NOT NULL,
    changes uuid REFERENCES reply (id),
    -- Counts the approvals: each may publish once.
    approvals integer NOT NULL DEFAULT 0,
    native_id text,
    url text,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT reply_phase_is_known CHECK (phase IN
        ('draft', 'queued', 'sending', 'pending', 'visible', 'rejected', 'failed', 'unknown', 'withdrawn'))
);

CREATE INDEX reply_of_item ON reply (item_id);

ALTER TABLE item ADD CONSTRAINT item_reply FOREIGN KEY (reply_id) REFERENCES reply (id);

-- What one room should show of an item (wanted, the item's version) and what it shows.
CREATE TABLE card (
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES item (id),
    channel text NOT NULL,
    chat text NOT NULL,
    room text NOT NULL,
    message_id text,
    wanted bigint NOT NULL DEFAULT 1,
    shown bigint NOT NULL DEFAULT 0,
    -- Somebody still owes the customer something: worth looking whether the message still stands.
    watched boolean NOT NULL DEFAULT true,
    -- Counts deliberate new messages after somebody deleted one.
    generation integer NOT NULL DEFAULT 0,
    posted_at timestamptz,
    -- When somebody last made sure that it still stands.
    probed_at timestamptz,
    UNIQUE (item_id, chat, room)
);

CREATE INDEX card_to_probe ON card (probed_at) WHERE message_id IS NOT NULL AND watched;
CREATE INDEX card_unposted ON card (id) WHERE message_id IS NULL;
CREATE INDEX card_stale ON card (id) WHERE message_id IS NOT NULL AND shown < wanted;

-- The outbox. A row in `sending` whose lease ran out is unknown, never ready: it is looked up before it is repeated.
CREATE TABLE effect (
    id uuid PRIMARY KEY,
    seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    key text NOT NULL UNIQUE,
    kind text NOT NULL,
    body jsonb NOT NULL,
    item_id uuid REFERENCES item (id),
    lane smallint NOT NULL,
    serial text NOT NULL,
    pace text,
    state text NOT NULL DEFAULT 'ready',
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    -- How often an unclear outcome was looked up.
    looks integer NOT NULL DEFAULT 0,
    lease_token uuid,
    lease_until timestamptz,
    -- When the first try of this generation began: where looking back starts.
    begun_at timestamptz,
    last_error text,
    created_at timestamptz NOT NULL,
    settled_at timestamptz,
    CONSTRAINT effect_state_is_known CHECK (state IN ('ready', 'sending', 'unknown', 'done', 'dead', 'cancelled')),
    CONSTRAINT effect_lease_is_whole CHECK (
        (state = 'sending') = (lease_token IS NOT NULL) AND (lease_token IS NULL) = (lease_until IS NULL))
);

CREATE INDEX effect_waiting ON effect (lane, run_at, seq) WHERE state IN ('ready', 'unknown');
CREATE INDEX effect_due ON effect (run_at) WHERE state IN ('ready', 'unknown');
-- Not only checked but kept: one at a time for each serial.
CREATE UNIQUE INDEX effect_one_at_a_time ON effect (serial) WHERE state = 'sending';
CREATE INDEX effect_lease_end ON effect (lease_until) WHERE state = 'sending';
CREATE INDEX effect_of_item ON effect (item_id, id);
-- Few are given up, and they are asked for all the time: by the reconciler, and by whoever watches the backlog.
CREATE INDEX effect_dead ON effect (settled_at) WHERE state = 'dead';

-- Each try is a row, so that "what happened to this reply" is one query.
CREATE TABLE effect_attempt (
    effect_id uuid NOT NULL REFERENCES effect (id),
    begun_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    outcome text NOT NULL,
    error text
);

CREATE INDEX effect_attempt_of_effect ON effect_attempt (effect_id, ended_at);

-- Shared by all replicas: until when a rate limit is used up.
CREATE TABLE rate (
    key text PRIMARY KEY,
    free_at timestamptz NOT NULL
);

-- "Look again at this time." A timer decides nothing, so it is never cancelled.
CREATE TABLE timer (
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES item (id),
    kind text NOT NULL,
    at timestamptz NOT NULL,
    fired_at timestamptz,
    UNIQUE (item_id, kind, at)
);

CREATE INDEX timer_due ON timer (at, id) WHERE fired_at IS NULL;

-- Deliveries from chats as they came, before anybody tried to understand them.
CREATE TABLE inbox (
    chat text NOT NULL,
    key text NOT NULL,
    raw bytea NOT NULL,
    received_at timestamptz NOT NULL,
    lease_until timestamptz NOT NULL,
    done_at timestamptz,
    note text,
    PRIMARY KEY (chat, key)
);

CREATE INDEX inbox_left ON inbox (lease_until) WHERE done_at IS NULL;

-- Deliveries from sources, with the answer that they got.
CREATE TABLE delivery (
    source text NOT NULL,
    key text NOT NULL,
    received_at timestamptz NOT NULL,
    answer jsonb NOT NULL,
    PRIMARY KEY (source, key)
);

-- What could not be understood, kept for a person to look at.
CREATE TABLE odd_item (
    id uuid PRIMARY KEY,
    source text NOT NULL,
    native_id text,
    why text NOT NULL,
    seen_at timestamptz NOT NULL
);

CREATE TABLE source_state (
    source text PRIMARY KEY,
    cursor jsonb,
    next_poll_at timestamptz NOT NULL,
    lease_until timestamptz,
    last_ok_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    trouble text
);

CREATE TABLE person (
    id text PRIMARY KEY,
    name text NOT NULL,
    looked_up_at timestamptz
);

-- A group or room that gives rights, as last read.
CREATE TABLE circle (
    chat text NOT NULL,
    key text NOT NULL,
    read_at timestamptz,
    next_read_at timestamptz NOT NULL,
    trouble text,
    PRIMARY KEY (chat, key)
);

CREATE TABLE member (
    chat text NOT NULL,
    circle text NOT NULL,
    user_id text NOT NULL,
    PRIMARY KEY (chat, user_id, circle),
    FOREIGN KEY (chat, circle) REFERENCES circle (chat, key) ON DELETE CASCADE
);

CREATE INDEX member_of_circle ON member (chat, circle);

-- One row for each slot that was claimed: however many replicas, one digest.
CREATE TABLE digest_slot (
    digest text NOT NULL,
    room text NOT NULL,
    slot timestamp NOT NULL,
    claimed_at timestamptz NOT NULL,
    PRIMARY KEY (digest, room, slot)
);

CREATE TABLE digest_plan (
    digest text NOT NULL,
    room text NOT NULL,
    -- Slots before this one belong to a time when nobody had asked for the digest.
    since timestamptz NOT NULL,
    PRIMARY KEY (digest, room)
);

-- How far an import of a file has come, by the file's content.
CREATE TABLE import_run (
    source text NOT NULL,
    file text NOT NULL,
    byte_offset bigint NOT NULL,
    line bigint NOT NULL,
    counts jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (source, file)
);
