-- How many wait for a person is asked with every request to a hub, so it must not cost a walk over all that was sent.
CREATE INDEX delivery_aside ON delivery (connector, no) WHERE state IN ('quarantined', 'discarded');

-- Where the till is in the changes of a hub. While `snapshot` is not 0, everything is being asked for anew.
CREATE TABLE pull (
    connector TEXT PRIMARY KEY REFERENCES connector (name),
    cursor TEXT,
    -- Snapshots are counted, so that a row which the last one did not hold is known to be gone.
    snapshots INTEGER NOT NULL DEFAULT 0,
    is_snapshot INTEGER NOT NULL DEFAULT 1,
    pulled_at INTEGER
) STRICT, WITHOUT ROWID;
-- What a hub sent, one row a thing, as it came. What the till has not taken over yet waits here, and so does a row
-- whose parent is missing.
CREATE TABLE inbox (
    connector TEXT NOT NULL REFERENCES connector (name),
    resource TEXT NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL,
    fields TEXT NOT NULL,
    seen_in INTEGER NOT NULL,
    is_taken INTEGER NOT NULL DEFAULT 0,
    -- Why it could not be taken over.
    held_for TEXT,
    PRIMARY KEY (connector, resource, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_new ON inbox (connector) WHERE is_taken = 0;
-- Messages for the people at the till.
CREATE TABLE notification (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    requires_ack INTEGER NOT NULL,
    read_at INTEGER,
    -- Whether the hub knows that it was read.
    is_reported INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_open ON notification (id) WHERE read_at IS NULL OR is_reported = 0;
