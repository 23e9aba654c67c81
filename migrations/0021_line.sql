-- What waits for the same limit in the same lane stands together, in the order in which it may run: whoever takes some jumps
-- from one such line to the next and never reads how long they are.
CREATE INDEX effect_line ON effect (coalesce(pace, ''), lane, run_at, seq) WHERE state IN ('ready', 'unknown');
DROP INDEX effect_waiting;

-- Lists are read in the order in which they show: the older index ended in another column, so that all that was open was
-- sorted for the first five lines.
CREATE INDEX item_first_due ON item ((raised_at IS NULL), due_at, number) WHERE state IN ('open', 'claimed', 'snoozed');
DROP INDEX item_urgent_first;

-- What a new card counts for is looked up item by item: joined with all facts, the planner read every item there is for each
-- push, because it cannot know how few cards are new.
CREATE OR REPLACE FUNCTION stat_of_cards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stat_delta (channel, at, measure, source, tone, stars, subject, person, minutes, in_time, n)
    SELECT c.channel, f.at, f.measure, f.source, f.tone, f.stars, f.subject, f.person, f.minutes, f.in_time, f.n
    -- A second card in the same channel adds nothing.
    FROM (SELECT DISTINCT n.item_id, n.channel FROM news n WHERE NOT EXISTS (
        SELECT FROM card o WHERE o.item_id = n.item_id AND o.channel = n.channel
          AND NOT EXISTS (SELECT FROM news x WHERE x.id = o.id))) c
    CROSS JOIN LATERAL (SELECT * FROM tally t WHERE t.item_id = c.item_id OFFSET 0) f;
    RETURN NULL;
END
$$;
