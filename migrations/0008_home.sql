-- A digest's picture and people's homes.

-- What an earlier try of this effect left at the far side: a file that was brought and is not shown yet, or word that it
-- goes without one. {"file": {"id": …, "at": …}} or "without".
ALTER TABLE effect ADD COLUMN picture jsonb;

-- Who looks at the place where their chat shows what concerns them.
CREATE TABLE home (
    person text PRIMARY KEY,
    -- When they looked last: for whom nobody looks, nothing is drawn.
    opened_at timestamptz NOT NULL,
    -- Counts what made it stale, and how far of that the one that stands there goes.
    wanted bigint NOT NULL DEFAULT 1,
    shown bigint NOT NULL DEFAULT 0,
    -- How often showing was begun: all that happens before the next begin is shown by it, in one effect.
    begun bigint NOT NULL DEFAULT 0,
    shown_at timestamptz,
    -- What the chat calls the one that stands there; another replica's newer one is not replaced by an older.
    seal text
);
