-- Order, version, device and country, as far as a source tells them; an order is found by its number, or by a part of it.
ALTER TABLE item ADD COLUMN details jsonb NOT NULL DEFAULT '{}';

CREATE FUNCTION detail_words(details jsonb) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector('pg_catalog.simple'::regconfig, coalesce(left(details ->> 'order', 100), '') || ' '
        || regexp_replace(coalesce(left(details ->> 'order', 100), ''), '[^[:alnum:]]+', ' ', 'g'))
$$;

CREATE OR REPLACE FUNCTION findable_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO findable (id, item_id, ours, at, words)
    SELECT id, id, false, first_seen_at,
        item_words(language, title, body, author, subject) || detail_words(details)
    FROM news WHERE source <> 'practice';
    INSERT INTO spelling (word)
    SELECT DISTINCT s.word FROM news, spellings(item_text(title, body, author, subject)) AS s (word)
    WHERE source <> 'practice' AND NOT EXISTS (SELECT FROM spelling known WHERE known.word = s.word);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION findable_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE findable SET words = item_words(NEW.language, NEW.title, NEW.body, NEW.author, NEW.subject)
        || detail_words(NEW.details)
    WHERE id = NEW.id;
    INSERT INTO spelling (word)
    SELECT s.word FROM spellings(item_text(NEW.title, NEW.body, NEW.author, NEW.subject)) AS s (word)
    WHERE NEW.source <> 'practice' AND NOT EXISTS (SELECT FROM spelling known WHERE known.word = s.word);
    RETURN NULL;
END
$$;
