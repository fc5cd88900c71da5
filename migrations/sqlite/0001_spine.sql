-- Numbers the directory's changes; one row.
CREATE TABLE directory_version (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    version INTEGER NOT NULL
) STRICT;
INSERT INTO directory_version (only, version) VALUES (1, 0);

CREATE TABLE organisations (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id BLOB PRIMARY KEY,
    org BLOB NOT NULL REFERENCES organisations (id),
    name TEXT NOT NULL,
    function TEXT NOT NULL,
    -- Codes separated by spaces.
    roles TEXT NOT NULL,
    capacities TEXT NOT NULL,
    suspended INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX users_by_org ON users (org);

CREATE TABLE devices (
    id BLOB PRIMARY KEY,
    user BLOB NOT NULL REFERENCES users (id),
    -- One key is one device: a key copied to a second device is refused.
    signature_key BLOB NOT NULL UNIQUE,
    -- SHA-256 of the session token; the token is never here.
    session_hash BLOB NOT NULL UNIQUE,
    attestation BLOB NOT NULL,
    signature BLOB NOT NULL,
    enrolled_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX devices_by_user ON devices (user);

CREATE TABLE links (
    -- SHA-256 of the link's secret; the secret is never here.
    token_hash BLOB PRIMARY KEY,
    user BLOB NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL,
    used_by BLOB REFERENCES devices (id)
) STRICT;
CREATE INDEX links_by_user ON links (user);

CREATE TABLE register_keys (
    id BLOB PRIMARY KEY,
    org BLOB NOT NULL REFERENCES organisations (id),
    public_key BLOB NOT NULL,
    device BLOB NOT NULL REFERENCES devices (id),
    signature BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX register_keys_by_org ON register_keys (org, created_at);

-- What a repeated operation is answered with.
CREATE TABLE operations (
    device BLOB NOT NULL,
    op BLOB NOT NULL,
    kind TEXT NOT NULL,
    channel BLOB,
    answer BLOB NOT NULL,
    PRIMARY KEY (device, op)
) STRICT, WITHOUT ROWID;

-- Every KeyPackage that ever came in: an upload that is repeated brings none back that was claimed.
CREATE TABLE key_packages_seen (
    hash BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE key_packages (
    -- Rises, so the oldest is served first.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device BLOB NOT NULL REFERENCES devices (id),
    hash BLOB NOT NULL UNIQUE REFERENCES key_packages_seen (hash),
    last_resort INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;
CREATE INDEX key_packages_by_device ON key_packages (device, last_resort, number);

CREATE TABLE channels (
    id BLOB PRIMARY KEY,
    case_code TEXT NOT NULL UNIQUE,
    framework TEXT NOT NULL,
    created_by BLOB NOT NULL REFERENCES users (id),
    created_at INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    -- The last entry's seq; null only inside the transaction that creates the channel.
    head INTEGER
) STRICT;

-- Apart from `channels`, so that a message does not rewrite it.
CREATE TABLE channel_views (
    channel BLOB PRIMARY KEY REFERENCES channels (id),
    epoch INTEGER NOT NULL,
    state BLOB NOT NULL
) STRICT;

-- A device's time in a channel: it reads entries from `from_seq` up to and with `until_seq`.
CREATE TABLE members (
    channel BLOB NOT NULL REFERENCES channels (id),
    device BLOB NOT NULL REFERENCES devices (id),
    from_seq INTEGER NOT NULL,
    until_seq INTEGER,
    user BLOB NOT NULL REFERENCES users (id),
    org BLOB NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (channel, device, from_seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX members_once ON members (channel, device) WHERE until_seq IS NULL;
CREATE INDEX members_by_device ON members (device);
CREATE INDEX members_by_user ON members (user, channel);
CREATE INDEX members_by_org ON members (org, channel);

CREATE TABLE entries (
    channel BLOB NOT NULL REFERENCES channels (id),
    seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    at INTEGER NOT NULL,
    sender BLOB NOT NULL,
    op BLOB NOT NULL,
    kind TEXT NOT NULL,
    payload BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entries_in_order ON entries (channel, seq);
-- The second guard against two commits of one epoch.
CREATE UNIQUE INDEX one_commit_per_epoch ON entries (channel, epoch) WHERE kind = 'commit';

CREATE TABLE welcomes (
    channel BLOB NOT NULL REFERENCES channels (id),
    seq INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (channel, seq)
) STRICT;

CREATE TABLE welcome_targets (
    device BLOB NOT NULL REFERENCES devices (id),
    channel BLOB NOT NULL,
    seq INTEGER NOT NULL,
    -- Handed out at least once: only those may be dropped.
    taken INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (device, channel, seq),
    FOREIGN KEY (channel, seq) REFERENCES welcomes (channel, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX welcome_targets_by_welcome ON welcome_targets (channel, seq);

CREATE TABLE conferences (
    id BLOB PRIMARY KEY,
    channel BLOB NOT NULL REFERENCES channels (id),
    planned_by BLOB NOT NULL REFERENCES users (id),
    sequence INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    -- CBOR of the plan.
    plan BLOB NOT NULL
) STRICT;
CREATE INDEX conferences_by_channel ON conferences (channel);
CREATE INDEX conferences_by_planner ON conferences (planned_by);

CREATE TABLE invitations (
    conference BLOB NOT NULL REFERENCES conferences (id),
    user BLOB NOT NULL REFERENCES users (id),
    -- Order of the invitee in the plan.
    place INTEGER NOT NULL,
    status TEXT NOT NULL,
    replied_at INTEGER,
    PRIMARY KEY (conference, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_user ON invitations (user);

CREATE TABLE logs (
    id BLOB PRIMARY KEY,
    size INTEGER NOT NULL
) STRICT;

CREATE TABLE log_entries (
    log BLOB NOT NULL REFERENCES logs (id),
    leaf INTEGER NOT NULL,
    record BLOB NOT NULL UNIQUE,
    data BLOB NOT NULL,
    PRIMARY KEY (log, leaf)
) STRICT;

CREATE TABLE log_hashes (
    log BLOB NOT NULL REFERENCES logs (id),
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (log, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE register_entries (
    org BLOB NOT NULL REFERENCES organisations (id),
    position INTEGER NOT NULL,
    channel BLOB NOT NULL REFERENCES channels (id),
    record BLOB NOT NULL,
    log BLOB NOT NULL,
    leaf INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    register_key BLOB NOT NULL REFERENCES register_keys (id),
    ciphertext BLOB NOT NULL,
    PRIMARY KEY (org, position),
    FOREIGN KEY (log, leaf) REFERENCES log_entries (log, leaf)
) STRICT;
CREATE INDEX register_entries_by_log ON register_entries (org, log);
