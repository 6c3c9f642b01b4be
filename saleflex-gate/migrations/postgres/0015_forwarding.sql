-- What a store's hub needs to forward everything and to lend on what it borrowed.

-- The life of the queue: its numbers count in it. Up to which receipt everything was queued: an office that gets its
-- upstream later queues what came before.
ALTER TABLE upstream ADD COLUMN life uuid;
ALTER TABLE upstream ADD COLUMN queued_at bigint;
UPDATE upstream SET queued_at = (SELECT max(l.received_at) FROM ledger l WHERE l.company_id = upstream.company_id)
    WHERE queued > 0;

-- How often an event was forwarded anew because the company's hub did not have it in its place: the waits double.
ALTER TABLE relay ADD COLUMN requeued bigint NOT NULL DEFAULT 0;

-- Older terminals count none of what they send: their store's hub does, so that the company's can tell what it lacks.
CREATE TABLE older_sequence (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    epoch uuid NOT NULL,
    last_seq bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- Shares that a store's hub was lent by the company's, to lend them on to its tills. All counts only rise; `used` is
-- what the company's hub has heard of it.
CREATE TABLE borrowed_share (
    company_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    since_no bigint NOT NULL,
    granted bigint NOT NULL DEFAULT 0,
    returned bigint NOT NULL DEFAULT 0,
    used bigint NOT NULL DEFAULT 0,
    expires_at bigint,
    is_wanted bigint NOT NULL DEFAULT 1,
    is_told bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (company_id, kind, subject_id, owner_id)
);

-- Which store's hub brought the use of an offer, and its number in that hub's queue; noughts where it is this hub itself.
ALTER TABLE offer_use ADD COLUMN node_id uuid;
ALTER TABLE offer_use ADD COLUMN node_life uuid;
ALTER TABLE offer_use ADD COLUMN node_no bigint;
CREATE INDEX offer_use_by_node ON offer_use (company_id, offer_id, node_id, node_life, node_no);

ALTER TABLE older_sequence ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON older_sequence USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE borrowed_share ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON borrowed_share USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON older_sequence, borrowed_share TO saleflex_hub;
