-- Whether a new card is its item's first one in a channel is asked item by item, too: joined with all cards, the planner read
-- every card there is for each batch, until there were some hundred thousand of them.
CREATE OR REPLACE FUNCTION stat_of_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stat_delta (channel, at, measure, source, tone, stars, subject, person, minutes, in_time, n)
    SELECT c.channel, f.at, f.measure, f.source, f.tone, f.stars, f.subject, f.person, f.minutes, f.in_time, f.n
    -- A second card in the same channel adds nothing: then there are more of them than are new.
    FROM (SELECT n.item_id, n.channel FROM news n GROUP BY n.item_id, n.channel
        HAVING count(*) = (SELECT count(*) FROM card o WHERE o.item_id = n.item_id AND o.channel = n.channel)) c
    CROSS JOIN LATERAL (SELECT * FROM tally t WHERE t.item_id = c.item_id OFFSET 0) f;
    RETURN NULL;
END
$$;
