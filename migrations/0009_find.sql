-- Finding an item again by what somebody remembers of it: words in the customer's language, and parts of words where one
-- is spelled wrong. Both indexes are over expressions, so that no row is rewritten.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE FUNCTION item_text(title text, body text, author jsonb, subject jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(title, '') || ' ' || coalesce(body, '') || ' ' || coalesce(author ->> 'name', '') || ' '
        || coalesce(subject ->> 'name', '') || ' ' || coalesce(subject ->> 'id', '')
$$;

CREATE FUNCTION item_words(language text, title text, body text, author jsonb, subject jsonb) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT to_tsvector(
        CASE language
            WHEN 'de' THEN 'pg_catalog.german'::regconfig
            WHEN 'en' THEN 'pg_catalog.english'::regconfig
            ELSE 'pg_catalog.simple'::regconfig
        END,
        left(item_text(title, body, author, subject), 20000))
$$;

CREATE INDEX item_by_words ON item USING gin (item_words(language, title, body, author, subject));
-- The beginning is enough: it holds the title and what it is about.
CREATE INDEX item_by_parts ON item USING gin (lower(left(item_text(title, body, author, subject), 400)) gin_trgm_ops);
