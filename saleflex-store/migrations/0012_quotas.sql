-- What a hub wants of a till that has no share of a limit; no row before it was asked.
CREATE TABLE quota_terms (
    connector TEXT PRIMARY KEY REFERENCES connector (name),
    policy TEXT NOT NULL,
    heard_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Shares that a hub lends to the present life of the file of limits that hold for the whole company. All counts begin
-- with the row and only rise: what is granted less what was given back and used is left.
CREATE TABLE quota (
    kind TEXT NOT NULL,
    -- Whose uses are counted; empty where everybody's are.
    owner BLOB NOT NULL,
    -- The campaign or coupon.
    subject BLOB NOT NULL,
    connector TEXT NOT NULL REFERENCES connector (name),
    -- The last event that was queued for the hub when counting began.
    since INTEGER NOT NULL,
    granted INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0,
    -- What was left when the hub answered last: it hears of the share when half of it is gone.
    left_then INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER,
    is_wanted INTEGER NOT NULL DEFAULT 1,
    -- Whether the hub has heard of it as it is.
    is_told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, owner, subject, connector)
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_untold ON quota (connector) WHERE is_told = 0;
