-- From version 1 to 2: what `schema.sql` has since.
ALTER TABLE entry ADD COLUMN unjudged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE register ADD COLUMN leaf BLOB;
CREATE TABLE register_pin (
    org BLOB PRIMARY KEY,
    id BLOB NOT NULL,
    public_key BLOB NOT NULL
) WITHOUT ROWID;
