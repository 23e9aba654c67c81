-- What a digest counts, without reading history. A fact is one thing that counts, for a channel from the moment that
-- the item has a card there. Each fact is added in the transaction that makes it true, as a row of its own
-- (stat_delta): whoever writes never waits for anybody. One replica at a time folds these rows into sums (stat_bucket),
-- and whoever reads adds up both.
--
-- The database itself writes the deltas, so that nothing can forget to: no workflow to come, no replica of an older
-- version while a newer one is rolled out, no statement by hand.

-- As Rating::stars, bit by bit; 0 is no rating.
CREATE FUNCTION stars_of(rating jsonb) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN rating ->> 'value' IS NULL THEN 0::smallint ELSE
        least(5, greatest(1, floor(1::float8 + 4::float8
            * (((rating ->> 'value')::float8 - (rating ->> 'min')::float8)
               / nullif((rating ->> 'max')::float8 - (rating ->> 'min')::float8, 0))
            + 0.5::float8)))::smallint END
$$;

-- Something that the customer wrote. It counts when it reached us, as what it says now: after an edit it counts as the
-- edited one, back then. What somebody made up to try a card counts for nothing.
CREATE VIEW arrival AS
SELECT i.id AS item_id, i.first_seen_at AS at, i.source, i.tone, stars_of(i.rating) AS stars, i.subject
FROM item i WHERE i.source <> 'practice';

-- Each answer that closed a case counts when it stood, also if it is refused later; `minutes` only with the first one
-- of its item, since the item reached us. An answer that was there before us is the first one, too, and nobody's.
CREATE VIEW deed AS
SELECT e.id AS event_id, e.item_id, e.at, CASE e.what WHEN 'handled' THEN 'handled' ELSE 'answered' END AS measure,
    i.source, e.by_person AS person, (e.detail ->> 'in_time')::boolean AS in_time,
    CASE WHEN e.what <> 'handled' AND NOT EXISTS (
        SELECT FROM item_event b WHERE b.item_id = e.item_id AND b.seq < e.seq
          AND (b.what = 'answered_elsewhere' OR (b.what = 'received' AND (b.detail ->> 'answered')::boolean)
               OR (b.what IN ('visible', 'accepted') AND b.detail ->> 'minutes' IS NOT NULL)))
    THEN greatest(0, floor(extract(epoch FROM
        least(coalesce((e.detail ->> 'given')::timestamptz, e.at), e.at) - i.first_seen_at) / 60))::bigint END AS minutes
FROM item_event e JOIN item i ON i.id = e.item_id
WHERE e.what IN ('visible', 'accepted', 'answered_elsewhere', 'handled')
  AND (e.what IN ('answered_elsewhere', 'handled') OR e.detail ->> 'minutes' IS NOT NULL)
  AND i.source <> 'practice';

CREATE VIEW fact AS
SELECT item_id, at, 'new' AS measure, source, tone, stars, subject, NULL::text AS person, NULL::bigint AS minutes,
    NULL::boolean AS in_time
FROM arrival
UNION ALL
SELECT item_id, at, measure, source, NULL, NULL, NULL, person, minutes, in_time FROM deed;

CREATE TABLE stat_delta (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    channel text NOT NULL,
    at timestamptz NOT NULL,
    measure text NOT NULL,
    source text NOT NULL,
    tone text,
    stars smallint,
    subject jsonb,
    person text,
    minutes bigint,
    in_time boolean,
    -- 1, or -1 for what is not true any more.
    n smallint NOT NULL
);

CREATE INDEX stat_delta_of_channel ON stat_delta (channel, at);

-- Sums over quarters of an hour and over days, both in UTC: each zone's day begins with a quarter of an hour.
CREATE TABLE stat_bucket (
    channel text NOT NULL,
    span text NOT NULL,
    at timestamptz NOT NULL,
    counts jsonb NOT NULL,
    PRIMARY KEY (channel, span, at),
    CONSTRAINT stat_bucket_span_is_known CHECK (span IN ('quarter', 'day'))
) WITH (fillfactor = 70);

CREATE FUNCTION stat_of_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stat_delta (channel, at, measure, source, tone, stars, subject, person, minutes, in_time, n)
    SELECT c.channel, f.at, f.measure, f.source, f.tone, f.stars, f.subject, f.person, f.minutes, f.in_time, 1
    -- A second card in the same channel adds nothing.
    FROM (SELECT DISTINCT n.item_id, n.channel FROM news n WHERE NOT EXISTS (
        SELECT FROM card o WHERE o.item_id = n.item_id AND o.channel = n.channel
          AND NOT EXISTS (SELECT FROM news x WHERE x.id = o.id))) c
    JOIN fact f ON f.item_id = c.item_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER card_counts AFTER INSERT ON card
REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION stat_of_cards();

CREATE FUNCTION stat_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Most of what happens counts for nothing.
    IF EXISTS (SELECT FROM news WHERE what IN ('visible', 'accepted', 'answered_elsewhere', 'handled')) THEN
        INSERT INTO stat_delta (channel, at, measure, source, person, minutes, in_time, n)
        SELECT c.channel, d.at, d.measure, d.source, d.person, d.minutes, d.in_time, 1
        FROM news n JOIN deed d ON d.event_id = n.id
        CROSS JOIN LATERAL (SELECT DISTINCT channel FROM card WHERE card.item_id = n.item_id) c;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER item_event_counts AFTER INSERT ON item_event
REFERENCING NEW TABLE AS news FOR EACH STATEMENT EXECUTE FUNCTION stat_of_events();

CREATE FUNCTION stat_of_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.source <> 'practice' THEN
        INSERT INTO stat_delta (channel, at, measure, source, tone, stars, subject, n)
        SELECT c.channel, v.at, 'new', v.source, v.tone, v.stars, v.subject, v.n
        FROM (VALUES (OLD.first_seen_at, OLD.source, OLD.tone, stars_of(OLD.rating), OLD.subject, -1),
                     (NEW.first_seen_at, NEW.source, NEW.tone, stars_of(NEW.rating), NEW.subject, 1))
            v (at, source, tone, stars, subject, n)
        CROSS JOIN (SELECT DISTINCT channel FROM card WHERE item_id = NEW.id) c;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER item_edit_counts AFTER UPDATE OF tone, rating, subject ON item FOR EACH ROW
WHEN ((OLD.tone, OLD.rating, OLD.subject) IS DISTINCT FROM (NEW.tone, NEW.rating, NEW.subject))
EXECUTE FUNCTION stat_of_edit();

-- What was there before.
INSERT INTO stat_delta (channel, at, measure, source, tone, stars, subject, person, minutes, in_time, n)
SELECT c.channel, f.at, f.measure, f.source, f.tone, f.stars, f.subject, f.person, f.minutes, f.in_time, 1
FROM fact f JOIN (SELECT DISTINCT item_id, channel FROM card) c ON c.item_id = f.item_id;

-- The reviews that others found helpful are few; a digest looks for them among what was new in its period.
CREATE INDEX item_found_helpful ON item (first_seen_at) WHERE (votes ->> 'up')::int > 0;
