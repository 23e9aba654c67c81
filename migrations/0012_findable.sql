-- Finding at any size, and what people set for themselves.

-- What can be found is a row of its own, made when the words are written: what a customer wrote, and each answer of ours
-- that was published. So nobody cuts a million texts into words to find one, the newest are read in the order in which
-- they came, and an answer of ours is found like an item. Triggers write it, as they write what digests count: no replica
-- of an older version and no statement by hand can forget to.
CREATE TABLE findable (
    -- The item's, or the reply's.
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL,
    ours boolean NOT NULL,
    at timestamptz NOT NULL,
    words tsvector NOT NULL
);

-- Words as they were written, each about once, for slips of the finger. Nothing makes them unique, because then a batch
-- with a new word would wait for another one with the same word, and both for each other.
CREATE TABLE spelling (
    word text NOT NULL
);

CREATE FUNCTION words_of(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE language
        WHEN 'de' THEN 'pg_catalog.german'::regconfig
        WHEN 'en' THEN 'pg_catalog.english'::regconfig
        ELSE 'pg_catalog.simple'::regconfig
    END
$$;

-- Of numbers and addresses nobody makes slips that could be guessed.
CREATE FUNCTION spellings(said text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT word FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.simple'::regconfig, left(said, 20000)))) word
    WHERE length(word) BETWEEN 3 AND 40 AND word ~ '^[[:alpha:]]+$'
$$;

CREATE FUNCTION findable_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO findable (id, item_id, ours, at, words)
    SELECT id, id, false, first_seen_at, item_words(language, title, body, author, subject)
    FROM news WHERE source <> 'practice';
    INSERT INTO spelling (word)
    SELECT DISTINCT s.word FROM news, spellings(item_text(title, body, author, subject)) AS s (word)
    WHERE source <> 'practice' AND NOT EXISTS (SELECT FROM spelling known WHERE known.word = s.word);
    RETURN NULL;
END
$$;

CREATE FUNCTION findable_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE findable SET words = item_words(NEW.language, NEW.title, NEW.body, NEW.author, NEW.subject)
    WHERE id = NEW.id;
    INSERT INTO spelling (word)
    SELECT s.word FROM spellings(item_text(NEW.title, NEW.body, NEW.author, NEW.subject)) AS s (word)
    WHERE NEW.source <> 'practice' AND NOT EXISTS (SELECT FROM spelling known WHERE known.word = s.word);
    RETURN NULL;
END
$$;

-- What stands at the source, or will when the source has looked at it; a draft is nobody's business but its author's.
CREATE FUNCTION findable_replies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.phase NOT IN ('pending', 'visible') THEN
        DELETE FROM findable WHERE id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO findable (id, item_id, ours, at, words)
    SELECT NEW.id, i.id, true, coalesce(NEW.sent_at, NEW.created_at),
        to_tsvector(words_of(i.language), left(NEW.body, 20000))
    FROM item i WHERE i.id = NEW.item_id AND i.source <> 'practice'
    ON CONFLICT (id) DO UPDATE SET words = EXCLUDED.words;
    RETURN NULL;
END
$$;

INSERT INTO findable (id, item_id, ours, at, words)
SELECT id, id, false, first_seen_at, item_words(language, title, body, author, subject)
FROM item WHERE source <> 'practice' ORDER BY first_seen_at;
INSERT INTO findable (id, item_id, ours, at, words)
SELECT r.id, i.id, true, coalesce(r.sent_at, r.created_at), to_tsvector(words_of(i.language), left(r.body, 20000))
FROM reply r JOIN item i ON i.id = r.item_id
WHERE r.phase IN ('pending', 'visible') AND i.source <> 'practice' ORDER BY r.created_at;
INSERT INTO spelling (word)
SELECT DISTINCT s.word FROM item, spellings(item_text(title, body, author, subject)) AS s (word)
WHERE source <> 'practice';

CREATE INDEX findable_newest ON findable (at DESC, id DESC);
CREATE INDEX findable_by_words ON findable USING gin (words);
CREATE INDEX spelling_known ON spelling (word);
CREATE INDEX spelling_near ON spelling USING gin (word gin_trgm_ops);
DROP INDEX item_by_words;
DROP INDEX item_by_parts;

CREATE TRIGGER item_findable AFTER INSERT ON item REFERENCING NEW TABLE AS news
FOR EACH STATEMENT EXECUTE FUNCTION findable_items();
CREATE TRIGGER item_findable_rewritten AFTER UPDATE OF language, title, body, author, subject ON item FOR EACH ROW
WHEN ((OLD.language, OLD.title, OLD.body, OLD.author, OLD.subject)
    IS DISTINCT FROM (NEW.language, NEW.title, NEW.body, NEW.author, NEW.subject))
EXECUTE FUNCTION findable_rewritten();
CREATE TRIGGER reply_findable AFTER INSERT OR UPDATE OF body, state ON reply
FOR EACH ROW EXECUTE FUNCTION findable_replies();

-- What somebody looked for last: turning its pages shows the same finds, on whichever replica.
CREATE TABLE search (
    person text PRIMARY KEY,
    -- Buttons name it, so that those of an earlier search are known as such.
    number bigint NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    typed text NOT NULL,
    -- What was really looked for, where nothing was written exactly so.
    meant text NOT NULL,
    channel text,
    -- [{"item": …, "reply": …}], the best first.
    hits jsonb NOT NULL,
    -- There were more than are kept.
    more boolean NOT NULL,
    at timestamptz NOT NULL
);

CREATE INDEX search_over ON search (at);

-- The language in which the bot speaks to somebody alone, and of which channel they get the day's numbers directly.
ALTER TABLE preference ADD COLUMN language text, ADD COLUMN digest text;
-- When somebody was told in the channel that a digest does not reach them; none since one did.
ALTER TABLE digest_plan ADD COLUMN closed_at timestamptz;
