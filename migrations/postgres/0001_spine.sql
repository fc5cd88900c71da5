-- Text is compared byte by byte (COLLATE "C"), so that order does not hang on the database's locale.
-- A person's column is `account`: `user` means something else in PostgreSQL.

-- Numbers the directory's changes; one row.
CREATE TABLE directory_version (
    single BOOLEAN PRIMARY KEY CHECK (single),
    version BIGINT NOT NULL
);
INSERT INTO directory_version (single, version) VALUES (TRUE, 0);

CREATE TABLE organisations (
    id BYTEA PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id BYTEA PRIMARY KEY,
    org BYTEA NOT NULL REFERENCES organisations (id),
    name TEXT COLLATE "C" NOT NULL,
    function TEXT NOT NULL,
    -- Codes separated by spaces.
    roles TEXT NOT NULL,
    capacities TEXT NOT NULL,
    suspended BOOLEAN NOT NULL DEFAULT FALSE,
    created_at BIGINT NOT NULL
);
CREATE INDEX users_by_org ON users (org);

CREATE TABLE devices (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES users (id),
    -- One key is one device: a key copied to a second device is refused.
    signature_key BYTEA NOT NULL UNIQUE,
    -- SHA-256 of the session token; the token is never here.
    session_hash BYTEA NOT NULL UNIQUE,
    attestation BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    enrolled_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX devices_by_account ON devices (account);

CREATE TABLE links (
    -- SHA-256 of the link's secret; the secret is never here.
    token_hash BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES users (id),
    expires_at BIGINT NOT NULL,
    used_by BYTEA REFERENCES devices (id)
);
CREATE INDEX links_by_account ON links (account);

CREATE TABLE register_keys (
    -- Rises, so that of two keys of one moment the later is known.
    number BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    id BYTEA PRIMARY KEY,
    org BYTEA NOT NULL REFERENCES organisations (id),
    public_key BYTEA NOT NULL,
    device BYTEA NOT NULL REFERENCES devices (id),
    signature BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX register_keys_by_org ON register_keys (org, created_at, number);

-- What a repeated operation is answered with.
CREATE TABLE operations (
    device BYTEA NOT NULL,
    op BYTEA NOT NULL,
    kind TEXT NOT NULL,
    channel BYTEA,
    answer BYTEA NOT NULL,
    PRIMARY KEY (device, op)
);

-- Every KeyPackage that ever came in: an upload that is repeated brings none back that was claimed.
CREATE TABLE key_packages_seen (
    hash BYTEA PRIMARY KEY
);

CREATE TABLE key_packages (
    -- Rises, so the oldest is served first.
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device BYTEA NOT NULL REFERENCES devices (id),
    hash BYTEA NOT NULL UNIQUE REFERENCES key_packages_seen (hash),
    last_resort BOOLEAN NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE INDEX key_packages_by_device ON key_packages (device, last_resort, number);
CREATE UNIQUE INDEX one_last_resort_per_device ON key_packages (device) WHERE last_resort;

CREATE TABLE channels (
    id BYTEA PRIMARY KEY,
    case_code TEXT COLLATE "C" NOT NULL UNIQUE,
    framework TEXT NOT NULL,
    created_by BYTEA NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    -- The last entry's seq; null only inside the transaction that creates the channel.
    head BIGINT
) WITH (fillfactor = 70);

-- Apart from `channels`, so that a message does not rewrite it.
CREATE TABLE channel_views (
    channel BYTEA PRIMARY KEY REFERENCES channels (id),
    epoch BIGINT NOT NULL,
    state BYTEA NOT NULL
);

-- A device's time in a channel: it reads entries from `from_seq` up to and with `until_seq`.
CREATE TABLE members (
    channel BYTEA NOT NULL REFERENCES channels (id),
    device BYTEA NOT NULL REFERENCES devices (id),
    from_seq BIGINT NOT NULL,
    until_seq BIGINT,
    account BYTEA NOT NULL REFERENCES users (id),
    org BYTEA NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (channel, device, from_seq)
);
CREATE UNIQUE INDEX members_once ON members (channel, device) WHERE until_seq IS NULL;
CREATE INDEX members_by_device ON members (device);
CREATE INDEX members_by_account ON members (account, channel);
CREATE INDEX members_by_org ON members (org, channel);

CREATE TABLE entries (
    channel BYTEA NOT NULL REFERENCES channels (id),
    seq BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    at BIGINT NOT NULL,
    sender BYTEA NOT NULL,
    op BYTEA NOT NULL,
    kind TEXT NOT NULL,
    payload BYTEA NOT NULL,
    PRIMARY KEY (channel, seq)
);
-- The second guard against two commits of one epoch.
CREATE UNIQUE INDEX one_commit_per_epoch ON entries (channel, epoch) WHERE kind = 'commit';

CREATE TABLE welcomes (
    channel BYTEA NOT NULL REFERENCES channels (id),
    seq BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (channel, seq)
);

CREATE TABLE welcome_targets (
    device BYTEA NOT NULL REFERENCES devices (id),
    channel BYTEA NOT NULL,
    seq BIGINT NOT NULL,
    -- Handed out at least once: only those may be dropped.
    taken BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (device, channel, seq),
    FOREIGN KEY (channel, seq) REFERENCES welcomes (channel, seq)
);
CREATE INDEX welcome_targets_by_welcome ON welcome_targets (channel, seq);

CREATE TABLE conferences (
    id BYTEA PRIMARY KEY,
    channel BYTEA NOT NULL REFERENCES channels (id),
    planned_by BYTEA NOT NULL REFERENCES users (id),
    sequence BIGINT NOT NULL,
    starts_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- CBOR of the plan.
    plan BYTEA NOT NULL
);
CREATE INDEX conferences_by_channel ON conferences (channel);
CREATE INDEX conferences_by_planner ON conferences (planned_by);

CREATE TABLE invitations (
    conference BYTEA NOT NULL REFERENCES conferences (id),
    account BYTEA NOT NULL REFERENCES users (id),
    -- Order of the invitee in the plan.
    place BIGINT NOT NULL,
    status TEXT NOT NULL,
    replied_at BIGINT,
    PRIMARY KEY (conference, account)
);
CREATE INDEX invitations_by_account ON invitations (account);

CREATE TABLE logs (
    id BYTEA PRIMARY KEY,
    size BIGINT NOT NULL
);

CREATE TABLE log_entries (
    log BYTEA NOT NULL REFERENCES logs (id),
    leaf BIGINT NOT NULL,
    record BYTEA NOT NULL UNIQUE,
    data BYTEA NOT NULL,
    PRIMARY KEY (log, leaf)
);

CREATE TABLE log_hashes (
    log BYTEA NOT NULL REFERENCES logs (id),
    place BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (log, place)
);

CREATE TABLE register_entries (
    org BYTEA NOT NULL REFERENCES organisations (id),
    position BIGINT NOT NULL,
    channel BYTEA NOT NULL REFERENCES channels (id),
    record BYTEA NOT NULL,
    log BYTEA NOT NULL,
    leaf BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    register_key BYTEA NOT NULL REFERENCES register_keys (id),
    ciphertext BYTEA NOT NULL,
    PRIMARY KEY (org, position),
    FOREIGN KEY (log, leaf) REFERENCES log_entries (log, leaf)
);
CREATE INDEX register_entries_by_log ON register_entries (org, log);

-- Ciphertext does not compress: do not try.
ALTER TABLE key_packages ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE entries ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE welcomes ALTER COLUMN bytes SET STORAGE EXTERNAL;
ALTER TABLE register_entries ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
