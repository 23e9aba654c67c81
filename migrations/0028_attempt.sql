-- A try is written in the statement that settles its effect, and goes with it. To check that once more for each row was more
-- than half of what settling cost: the row that had just been changed was locked again.
ALTER TABLE effect_attempt DROP CONSTRAINT effect_attempt_effect_id_fkey;
