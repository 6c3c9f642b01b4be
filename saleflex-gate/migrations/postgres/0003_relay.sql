-- What a store's hub forwards to the company's, in the order it took effect here. The content stands in the ledger;
-- `head` is the envelope around it, as the till sent it.
CREATE TABLE relay (
    company_id uuid NOT NULL,
    no bigint NOT NULL,
    terminal_id uuid NOT NULL,
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    revision bigint NOT NULL,
    head text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'in_flight', 'sent', 'quarantined')),
    attempts bigint NOT NULL DEFAULT 0,
    leased_until bigint,
    next_attempt_at bigint,
    last_status bigint,
    last_code text,
    last_detail text,
    PRIMARY KEY (company_id, no),
    FOREIGN KEY (company_id, terminal_id, kind, entity_id, revision) REFERENCES ledger
);
CREATE INDEX relay_due ON relay (company_id, no) WHERE state IN ('pending', 'in_flight');
CREATE INDEX relay_aside ON relay (company_id, no) WHERE state = 'quarantined';

-- How many events a store's hub has queued, and its place in the changes of the company's.
CREATE TABLE upstream (
    company_id uuid NOT NULL,
    queued bigint NOT NULL,
    cursor text,
    pulled_at bigint,
    PRIMARY KEY (company_id)
);

-- Whether a terminal is a store's hub, which delivers what the tills of its store sent it.
ALTER TABLE terminal ADD COLUMN is_node bigint NOT NULL DEFAULT 0;

ALTER TABLE relay ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON relay USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE upstream ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON upstream USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON relay, upstream TO saleflex_hub;
