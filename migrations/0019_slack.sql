-- What a repeated delivery needs, by whose clock somebody lives, and how we last spoke with them.

-- What a delivery came to, so that a repeat of it, on whichever replica it arrives, is answered as the first one was.
ALTER TABLE inbox ADD COLUMN outcome jsonb;

-- The time zone of somebody's profile in the chat; what they tell us themselves stands in preference.zone and goes first.
ALTER TABLE person ADD COLUMN zone text;
-- The language of the channel in which they last pressed or typed something: where nobody else reads and they have set
-- none, we go on in it.
ALTER TABLE person ADD COLUMN spoken text;
