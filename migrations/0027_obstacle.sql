-- What stood in a try's way, where somebody wants to tell it apart: a name, so that nobody has to read it out of words that
-- were written for people. Rows of before have none.
ALTER TABLE effect_attempt ADD COLUMN obstacle text;
