-- What was refused after it had been taken in, with its words, until its author decides.
CREATE TABLE refused (
    -- The event it would have been: the key its conversation shows it under.
    key TEXT PRIMARY KEY,
    -- Its place in the outbox, for the order.
    n INTEGER NOT NULL,
    channel BLOB NOT NULL,
    -- JSON of why.
    refusal TEXT NOT NULL,
    job BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX refused_of ON refused (channel, n);

-- JSON of what a device cannot vouch for in an entry that stands.
ALTER TABLE entry ADD COLUMN doubts TEXT;

-- Read and put away by a person; a new occurrence brings it back.
ALTER TABLE warning ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0;
