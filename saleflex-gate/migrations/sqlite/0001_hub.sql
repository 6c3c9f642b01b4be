-- The hub's tables. Every business table holds its company first in its key; amounts are whole ten-thousandths,
-- times milliseconds since 1970 UTC, flags 0 and 1.

-- Companies: the tenants.
CREATE TABLE company (
    company_id TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    changes INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id)
) STRICT;

-- Stores of a company.
CREATE TABLE store (
    company_id TEXT NOT NULL REFERENCES company,
    store_id TEXT NOT NULL,
    store_code TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    prices_include_tax INTEGER NOT NULL,
    self_registration INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, store_id)
) STRICT;

-- Registered installations. What a device says of itself stands in `telemetry`.
CREATE TABLE terminal (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    office_code TEXT NOT NULL,
    terminal_code TEXT NOT NULL,
    number INTEGER NOT NULL,
    state TEXT NOT NULL,
    may_pull INTEGER NOT NULL,
    is_legacy INTEGER NOT NULL,
    epoch TEXT,
    telemetry TEXT,
    last_bootstrap_at INTEGER,
    last_heartbeat_at INTEGER,
    last_push_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id),
    UNIQUE (company_id, store_id, terminal_code),
    FOREIGN KEY (company_id, store_id) REFERENCES store
) STRICT;

-- A terminal's numbers; the identity of a row never changes, because old clients keep rows by it.
CREATE TABLE counter (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    name TEXT NOT NULL,
    counter_id TEXT NOT NULL,
    value INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, name),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- Master data: a row of a resource as clients get it. `version` is the company's change counter when it was written.
CREATE TABLE definition (
    company_id TEXT NOT NULL REFERENCES company,
    resource TEXT NOT NULL,
    definition_id TEXT NOT NULL,
    store_id TEXT,
    terminal_id TEXT,
    version INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL,
    body TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, resource, definition_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- What has taken effect, once each: the unique key decides between repeats.
CREATE TABLE ledger (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    epoch TEXT,
    seq INTEGER,
    body TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- Other contents that came under a key that was taken; kept, never in force.
CREATE TABLE ledger_variant (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision, digest),
    FOREIGN KEY (company_id, terminal_id, kind, entity_id, revision) REFERENCES ledger
) STRICT;

-- Places in a till's sequence whose events a person set aside: nobody waits for them.
CREATE TABLE ledger_gap (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, epoch, seq),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- How far a till's sequence is here without a gap.
CREATE TABLE feed (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    contiguous_seq INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, epoch),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- What the hub noticed about an entry.
CREATE TABLE ledger_flag (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    flag TEXT NOT NULL,
    PRIMARY KEY (company_id, terminal_id, kind, entity_id, revision, flag),
    FOREIGN KEY (company_id, terminal_id, kind, entity_id, revision) REFERENCES ledger
) STRICT;

-- Documents, found by their numbers and added up; their content stands in the ledger.
CREATE TABLE document (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    unique_id TEXT,
    closure_number INTEGER,
    receipt_number INTEGER,
    status TEXT NOT NULL,
    document_type TEXT,
    transaction_type TEXT,
    occurred_at TEXT,
    total_e4 INTEGER,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, document_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- The rows of a document by their kind, with the amount that counts.
CREATE TABLE document_row (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    amount_e4 INTEGER,
    PRIMARY KEY (company_id, terminal_id, document_id, kind, position),
    FOREIGN KEY (company_id, terminal_id, document_id) REFERENCES document
) STRICT;

-- Closed periods; their content stands in the ledger.
CREATE TABLE closure (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    closure_id TEXT NOT NULL,
    unique_id TEXT,
    closure_number INTEGER,
    closed_on TEXT,
    document_count INTEGER,
    gross_e4 INTEGER,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, closure_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- Messages for a terminal, until they are read.
CREATE TABLE notification (
    company_id TEXT NOT NULL,
    notification_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (company_id, notification_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- What a terminal shall do, until it has acknowledged it.
CREATE TABLE signal (
    company_id TEXT NOT NULL,
    signal_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    PRIMARY KEY (company_id, signal_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- The tables that stand above companies: what a request is before its company is known.

-- The name of a company in addresses; it never changes.
CREATE TABLE company_slug (
    slug TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES company,
    PRIMARY KEY (slug)
) STRICT;

-- Which store the two codes mean that every terminal carries.
CREATE TABLE office (
    office_code TEXT NOT NULL,
    store_code TEXT NOT NULL,
    company_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    PRIMARY KEY (office_code, store_code),
    FOREIGN KEY (company_id, store_id) REFERENCES store
) STRICT;

-- Digests of the secrets that devices show; of a short-lived one with its end.
CREATE TABLE device_token (
    digest TEXT NOT NULL,
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (digest),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

-- Digests of the codes by which a device gets its secret; good once.
CREATE TABLE enrolment (
    digest TEXT NOT NULL,
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (digest),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

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
