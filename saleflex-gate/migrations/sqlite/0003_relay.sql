-- What a store's hub forwards to the company's, in the order it took effect here. The content stands in the ledger;
-- `head` is the envelope around it, as the till sent it.
CREATE TABLE relay (
    company_id TEXT NOT NULL,
    no INTEGER NOT NULL,
    terminal_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    head TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'in_flight', 'sent', 'quarantined')),
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until INTEGER,
    next_attempt_at INTEGER,
    last_status INTEGER,
    last_code TEXT,
    last_detail TEXT,
    PRIMARY KEY (company_id, no),
    FOREIGN KEY (company_id, terminal_id, kind, entity_id, revision) REFERENCES ledger
) STRICT;
CREATE INDEX relay_due ON relay (company_id, no) WHERE state IN ('pending', 'in_flight');
CREATE INDEX relay_aside ON relay (company_id, no) WHERE state = 'quarantined';

-- How many events a store's hub has queued, and its place in the changes of the company's.
CREATE TABLE upstream (
    company_id TEXT NOT NULL,
    queued INTEGER NOT NULL,
    cursor TEXT,
    pulled_at INTEGER,
    PRIMARY KEY (company_id)
) STRICT;

-- Whether a terminal is a store's hub, which delivers what the tills of its store sent it.
ALTER TABLE terminal ADD COLUMN is_node INTEGER NOT NULL DEFAULT 0;
