-- A promise is counted when it is decided: kept when the answer stands in time, broken when the deadline passes. Before,
-- a broken one was counted when somebody answered at last, so a digest could say "all kept" above a list of what was
-- overdue.
--
-- A broken one is written in words that an older replica understands, too: as an answer that was too late, and less one
-- answer of which nothing is known. Together that is no answer more, and one promise more that was not kept.

-- Whoever writes meanwhile waits, so that nothing is counted twice or forgotten.
LOCK TABLE item_event, card IN SHARE ROW EXCLUSIVE MODE;

-- The end of a case is promised besides its answers, and is not what digests speak of; and what was told once more is
-- not broken once more.
CREATE VIEW broken AS
SELECT e.id AS event_id, e.item_id, e.seq, e.at, i.source
FROM item_event e JOIN item i ON i.id = e.item_id
WHERE e.what = 'overdue' AND NOT coalesce((e.detail ->> 'again')::boolean, false)
  AND coalesce(e.detail ->> 'metric', 'first_answer') <> 'resolution' AND i.source <> 'practice';

-- An answer that was too late says nothing new where the broken promise was counted before it.
CREATE VIEW judged AS
SELECT d.event_id, d.item_id, d.at, d.measure, d.source, d.person, d.minutes,
    CASE WHEN d.in_time IS NOT FALSE THEN d.in_time
         WHEN EXISTS (
             SELECT FROM broken b JOIN item_event e ON e.id = d.event_id
             WHERE b.item_id = d.item_id AND b.seq < e.seq AND NOT EXISTS (
                 SELECT FROM item_event a WHERE a.item_id = d.item_id AND a.seq > b.seq AND a.seq < e.seq
                   AND a.what IN ('visible', 'accepted', 'answered_elsewhere') AND a.detail ->> 'in_time' IS NOT NULL))
         THEN NULL ELSE false END AS in_time
FROM deed d;

-- All facts, and how often each of them counts.
CREATE VIEW tally AS
SELECT item_id, at, 'new' AS measure, source, tone, stars, subject, NULL::text AS person, NULL::bigint AS minutes,
    NULL::boolean AS in_time, 1::smallint AS n
FROM arrival
UNION ALL
SELECT item_id, at, measure, source, NULL, NULL, NULL, person, minutes, in_time, 1::smallint FROM judged
UNION ALL
SELECT b.item_id, b.at, 'answered', b.source, NULL, NULL, NULL, NULL, NULL, v.in_time, v.n
FROM broken b CROSS JOIN (VALUES (false, 1::smallint), (NULL::boolean, -1::smallint)) v (in_time, n);

-- What was there before: the broken promises where they broke, and no longer where somebody answered at last.
INSERT INTO stat_delta (channel, at, measure, source, person, minutes, in_time, n)
SELECT c.channel, v.at, 'answered', v.source, v.person, v.minutes, v.in_time, v.n
FROM (
    SELECT b.item_id, b.at, b.source, NULL::text AS person, NULL::bigint AS minutes, p.in_time, p.n
    FROM broken b CROSS JOIN (VALUES (false, 1::smallint), (NULL::boolean, -1::smallint)) p (in_time, n)
    UNION ALL
    SELECT j.item_id, j.at, j.source, j.person, j.minutes, p.in_time, p.n
    FROM judged j JOIN deed d ON d.event_id = j.event_id
    CROSS JOIN (VALUES (NULL::boolean, 1::smallint), (false, -1::smallint)) p (in_time, n)
    WHERE NOT d.in_time AND j.in_time IS NULL) v
CROSS JOIN LATERAL (SELECT DISTINCT channel FROM card WHERE card.item_id = v.item_id) c;

CREATE OR REPLACE FUNCTION stat_of_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stat_delta (channel, at, measure, source, tone, stars, subject, person, minutes, in_time, n)
    SELECT c.channel, f.at, f.measure, f.source, f.tone, f.stars, f.subject, f.person, f.minutes, f.in_time, f.n
    -- A second card in the same channel adds nothing.
    FROM (SELECT DISTINCT n.item_id, n.channel FROM news n WHERE NOT EXISTS (
        SELECT FROM card o WHERE o.item_id = n.item_id AND o.channel = n.channel
          AND NOT EXISTS (SELECT FROM news x WHERE x.id = o.id))) c
    JOIN tally f ON f.item_id = c.item_id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION stat_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Most of what happens counts for nothing.
    IF EXISTS (SELECT FROM news WHERE what IN ('visible', 'accepted', 'answered_elsewhere', 'handled')) THEN
        INSERT INTO stat_delta (channel, at, measure, source, person, minutes, in_time, n)
        SELECT c.channel, d.at, d.measure, d.source, d.person, d.minutes, d.in_time, 1
        FROM news n JOIN judged d ON d.event_id = n.id
        CROSS JOIN LATERAL (SELECT DISTINCT channel FROM card WHERE card.item_id = n.item_id) c;
    END IF;
    IF EXISTS (SELECT FROM news WHERE what = 'overdue') THEN
        INSERT INTO stat_delta (channel, at, measure, source, in_time, n)
        SELECT c.channel, b.at, 'answered', b.source, v.in_time, v.n
        FROM news n JOIN broken b ON b.event_id = n.id
        CROSS JOIN (VALUES (false, 1::smallint), (NULL::boolean, -1::smallint)) v (in_time, n)
        CROSS JOIN LATERAL (SELECT DISTINCT channel FROM card WHERE card.item_id = n.item_id) c;
    END IF;
    RETURN NULL;
END
$$;
