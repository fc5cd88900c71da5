-- One person's device. The whole file is encrypted; times are milliseconds since 1970 in UTC.

-- Single values: keys, enrolment, directory.
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- The groups' own state, opaque to this crate.
CREATE TABLE kv (
    key BLOB PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE channel (
    id BLOB PRIMARY KEY,
    case_code TEXT NOT NULL,
    framework TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    -- 0: being opened, 1: a member, 2: no longer a member, 3: the group cannot be used
    state INTEGER NOT NULL,
    -- Entries from here on are readable; the one that let this device in itself is not.
    floor INTEGER,
    -- The last entry on disk.
    cursor INTEGER,
    -- The hash over the history up to the cursor; unknown until a member named one.
    history BLOB,
    read_seq INTEGER NOT NULL DEFAULT -1,
    last_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE entry (
    channel BLOB NOT NULL,
    seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    at INTEGER NOT NULL,
    device BLOB NOT NULL,
    user BLOB,
    org BLOB,
    op BLOB NOT NULL,
    -- 0 created, 1 message, 2 commit, 3 joined
    kind INTEGER NOT NULL,
    payload_hash BLOB NOT NULL,
    history BLOB,
    -- CBOR of the event, as it was decrypted.
    event BLOB,
    -- JSON of what a conversation shows; nothing when it shows nothing.
    item TEXT,
    -- JSON of the rules that rejected it.
    blocks TEXT,
    -- It counts, though this device cannot judge it: it rests on something from before it joined.
    unjudged INTEGER NOT NULL DEFAULT 0,
    -- JSON of what this device cannot vouch for in an entry that stands.
    doubts TEXT,
    -- RFC 9420 section 8.7, of the epoch a commit began.
    authenticator BLOB,
    PRIMARY KEY (channel, seq)
) WITHOUT ROWID;
CREATE INDEX entry_shown ON entry (channel, seq) WHERE item IS NOT NULL;

-- What the events of a channel come to, after its last entry.
CREATE TABLE snapshot (
    channel BLOB PRIMARY KEY,
    seq INTEGER,
    household BLOB NOT NULL
) WITHOUT ROWID;

-- What has to be done and is not done yet.
CREATE TABLE outbox (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    op BLOB NOT NULL UNIQUE,
    channel BLOB,
    urgent INTEGER NOT NULL,
    -- The host's number, in this process only.
    intent INTEGER,
    -- Somebody waits for its end.
    answers INTEGER NOT NULL,
    -- A record goes along.
    record INTEGER NOT NULL,
    -- Its request exists: it may have gone out.
    sent INTEGER NOT NULL,
    job BLOB NOT NULL
);
CREATE INDEX outbox_queue ON outbox (channel, urgent DESC, n);

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

-- Attestations seen, the newest per device: a record is verified long after its author has left.
CREATE TABLE attestation (
    device BLOB PRIMARY KEY,
    attestation BLOB NOT NULL,
    signature BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE conference (
    id BLOB PRIMARY KEY,
    channel BLOB NOT NULL,
    start INTEGER NOT NULL,
    conference BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE cases (
    channel BLOB PRIMARY KEY,
    detail BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE register_key (
    id BLOB PRIMARY KEY,
    secret BLOB NOT NULL,
    confirmed INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE register (
    position INTEGER PRIMARY KEY,
    record BLOB NOT NULL,
    channel BLOB NOT NULL,
    log BLOB NOT NULL,
    log_index INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    -- The signed record; nothing when no key here opens it.
    signed BLOB,
    -- The leaf at that place of the log, proven; empty when the server could not prove one, nothing
    -- when it was not asked yet.
    leaf BLOB
);

-- The register key of each organisation as it was seen first: another one is not sealed to.
CREATE TABLE register_pin (
    org BLOB PRIMARY KEY,
    id BLOB NOT NULL,
    public_key BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE draft (
    key TEXT PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE warning (
    code TEXT NOT NULL,
    channel BLOB,
    at INTEGER NOT NULL,
    -- Read and put away by a person; a new occurrence brings it back.
    dismissed INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX warning_once ON warning (code, ifnull(channel, x''));
