-- The hub's tables. Every business table holds its company first in its key; amounts are whole ten-thousandths,
-- times milliseconds since 1970 UTC, flags 0 and 1.

-- Companies: the tenants.
CREATE TABLE company (
    company_id uuid NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    changes bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id)
);

-- Stores of a company.
CREATE TABLE store (
    company_id uuid NOT NULL REFERENCES company,
    store_id uuid NOT NULL,
    store_code text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    time_zone text NOT NULL,
    prices_include_tax bigint NOT NULL,
    self_registration bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, store_id)
);

-- Registered installations. What a device says of itself stands in `telemetry`.
CREATE TABLE terminal (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    store_id uuid NOT NULL,
    office_code text NOT NULL,
    terminal_code text NOT NULL,
    number bigint NOT NULL,
    state text NOT NULL,
    may_pull bigint NOT NULL,
    is_legacy bigint NOT NULL,
    epoch uuid,
    telemetry text,
    last_bootstrap_at bigint,
    last_heartbeat_at bigint,
    last_push_at bigint,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id),
    UNIQUE (company_id, store_id, terminal_code),
    FOREIGN KEY (company_id, store_id) REFERENCES store
);

-- A terminal's numbers; the identity of a row never changes, because old clients keep rows by it.
CREATE TABLE counter (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    name text NOT NULL,
    counter_id uuid NOT NULL,
    value bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, name),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- Master data: a row of a resource as clients get it. `version` is the company's change counter when it was written.
CREATE TABLE definition (
    company_id uuid NOT NULL REFERENCES company,
    resource text NOT NULL,
    definition_id uuid NOT NULL,
    store_id uuid,
    terminal_id uuid,
    version bigint NOT NULL,
    is_deleted bigint NOT NULL,
    body text NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (company_id, resource, definition_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- What has taken effect, once each: the unique key decides between repeats.
CREATE TABLE ledger (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    revision bigint NOT NULL,
    digest text NOT NULL,
    epoch uuid,
    seq bigint,
    body text NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- Other contents that came under a key that was taken; kept, never in force.
CREATE TABLE ledger_variant (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    revision bigint NOT NULL,
    digest text NOT NULL,
    body text NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision, digest),
    FOREIGN KEY (company_id, terminal_id, kind, entity_id, revision) REFERENCES ledger
);

-- Places in a till's sequence whose events a person set aside: nobody waits for them.
CREATE TABLE ledger_gap (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    epoch uuid NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, epoch, seq),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- How far a till's sequence is here without a gap.
CREATE TABLE feed (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    epoch uuid NOT NULL,
    contiguous_seq bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, epoch),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- What the hub noticed about an entry.
CREATE TABLE ledger_flag (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    kind text NOT NULL,
    entity_id uuid NOT NULL,
    revision bigint NOT NULL,
    flag text NOT NULL,
    PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision, flag),
    FOREIGN KEY (company_id, terminal_id, kind, entity_id, revision) REFERENCES ledger
);

-- Documents, found by their numbers and added up; their content stands in the ledger.
CREATE TABLE document (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    document_id uuid NOT NULL,
    unique_id text,
    closure_number bigint,
    receipt_number bigint,
    status text NOT NULL,
    document_type text,
    transaction_type text,
    occurred_at text,
    total_e4 bigint,
    received_at bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, document_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- The rows of a document by their kind, with the amount that counts.
CREATE TABLE document_row (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    document_id uuid NOT NULL,
    kind text NOT NULL,
    position bigint NOT NULL,
    amount_e4 bigint,
    PRIMARY KEY (company_id, terminal_id, document_id, kind, position),
    FOREIGN KEY (company_id, terminal_id, document_id) REFERENCES document
);

-- Closed periods; their content stands in the ledger.
CREATE TABLE closure (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    closure_id uuid NOT NULL,
    unique_id text,
    closure_number bigint,
    closed_on text,
    document_count bigint,
    gross_e4 bigint,
    received_at bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, closure_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- Messages for a terminal, until they are read.
CREATE TABLE notification (
    company_id uuid NOT NULL,
    notification_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    read_at bigint,
    PRIMARY KEY (company_id, notification_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- What a terminal shall do, until it has acknowledged it.
CREATE TABLE signal (
    company_id uuid NOT NULL,
    signal_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    kind text NOT NULL,
    created_at bigint NOT NULL,
    acknowledged_at bigint,
    PRIMARY KEY (company_id, signal_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- The tables that stand above companies: what a request is before its company is known.

-- The name of a company in addresses; it never changes.
CREATE TABLE company_slug (
    slug text NOT NULL,
    company_id uuid NOT NULL REFERENCES company,
    PRIMARY KEY (slug)
);

-- Which store the two codes mean that every terminal carries.
CREATE TABLE office (
    office_code text NOT NULL,
    store_code text NOT NULL,
    company_id uuid NOT NULL,
    store_id uuid NOT NULL,
    PRIMARY KEY (office_code, store_code),
    FOREIGN KEY (company_id, store_id) REFERENCES store
);

-- Digests of the secrets that devices show; of a short-lived one with its end.
CREATE TABLE device_token (
    digest text NOT NULL,
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    PRIMARY KEY (digest),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

-- Digests of the codes by which a device gets its secret; good once.
CREATE TABLE enrolment (
    digest text NOT NULL,
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint,
    PRIMARY KEY (digest),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

CREATE INDEX definition_by_version ON definition (company_id, version);
CREATE INDEX ledger_by_entity ON ledger (company_id, entity_id, kind, revision, terminal_id);
CREATE INDEX ledger_by_seq ON ledger (company_id, terminal_id, epoch, seq);
CREATE INDEX document_by_number ON document (company_id, terminal_id, unique_id);
CREATE INDEX document_by_id ON document (company_id, document_id, terminal_id);
CREATE INDEX document_by_period ON document (company_id, terminal_id, closure_number);
CREATE INDEX closure_by_number ON closure (company_id, terminal_id, unique_id);
CREATE INDEX closure_by_id ON closure (company_id, closure_id, terminal_id);
CREATE INDEX notification_by_terminal ON notification (company_id, terminal_id, read_at);
CREATE INDEX signal_by_terminal ON signal (company_id, terminal_id, acknowledged_at);
CREATE INDEX office_by_store_code ON office (store_code);

-- The second wall: a transaction for a company works under this role and sees that company's rows.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'saleflex_hub') THEN
        CREATE ROLE saleflex_hub NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
-- Whoever may not make roles was made a member beforehand.
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'saleflex_hub', 'MEMBER') THEN
        GRANT saleflex_hub TO CURRENT_USER;
    END IF;
END $$;
ALTER TABLE company ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON company USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE store ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON store USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE terminal ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON terminal USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE counter ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON counter USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE definition ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON definition USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE ledger ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON ledger USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE ledger_variant ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON ledger_variant USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE ledger_gap ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON ledger_gap USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE feed ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON feed USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE ledger_flag ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON ledger_flag USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON document USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE document_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON document_row USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE closure ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON closure USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE notification ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON notification USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE signal ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON signal USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON company, store, terminal, counter, definition, ledger, ledger_variant, ledger_gap, feed, ledger_flag, document, document_row, closure, notification, signal TO saleflex_hub;
