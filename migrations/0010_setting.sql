-- What admins have set from a chat: a log that only grows, because "who changed that, and when" is the first question.
-- The last line about a key holds; without a value, the file does.
CREATE TABLE setting (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL,
    value text,
    by_person text NOT NULL,
    at timestamptz NOT NULL
);

CREATE INDEX setting_last ON setting (key, seq DESC);
