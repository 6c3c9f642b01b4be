-- What a store's hub needs to forward everything and to lend on what it borrowed.

-- The life of the queue: its numbers count in it. Up to which receipt everything was queued: an office that gets its
-- upstream later queues what came before.
ALTER TABLE upstream ADD COLUMN life TEXT;
ALTER TABLE upstream ADD COLUMN queued_at INTEGER;
UPDATE upstream SET queued_at = (SELECT max(l.received_at) FROM ledger l WHERE l.company_id = upstream.company_id)
    WHERE queued > 0;

-- How often an event was forwarded anew because the company's hub did not have it in its place: the waits double.
ALTER TABLE relay ADD COLUMN requeued INTEGER NOT NULL DEFAULT 0;

-- Older terminals count none of what they send: their store's hub does, so that the company's can tell what it lacks.
CREATE TABLE older_sequence (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- Shares that a store's hub was lent by the company's, to lend them on to its tills. All counts only rise; `used` is
-- what the company's hub has heard of it.
CREATE TABLE borrowed_share (
    company_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    since_no INTEGER NOT NULL,
    granted INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER,
    is_wanted INTEGER NOT NULL DEFAULT 1,
    is_told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (company_id, kind, subject_id, owner_id)
) STRICT;

-- Which store's hub brought the use of an offer, and its number in that hub's queue; noughts where it is this hub itself.
ALTER TABLE offer_use ADD COLUMN node_id TEXT;
ALTER TABLE offer_use ADD COLUMN node_life TEXT;
ALTER TABLE offer_use ADD COLUMN node_no INTEGER;
CREATE INDEX offer_use_by_node ON offer_use (company_id, offer_id, node_id, node_life, node_no);
