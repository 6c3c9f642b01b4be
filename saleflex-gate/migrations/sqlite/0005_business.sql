-- What is found by its code, what was delivered and where it stands, and what is decided here for whoever asks.

ALTER TABLE definition ADD COLUMN code TEXT;
ALTER TABLE document ADD COLUMN entity_id TEXT;
ALTER TABLE document ADD COLUMN cashier_id TEXT;

-- What is on the shelves of a store by what its tills delivered, in ten-thousandths of a unit.
CREATE TABLE stock_level (
    company_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    on_hand_e4 INTEGER NOT NULL,
    reserved_e4 INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, store_id, product_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store
) STRICT;

-- What sales used of campaigns and coupons, once each; given back when the sale was taken back whole.
CREATE TABLE offer_use (
    company_id TEXT NOT NULL REFERENCES company,
    offer_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    customer_id TEXT,
    amount_e4 INTEGER NOT NULL,
    state TEXT NOT NULL,
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, offer_id, document_id)
) STRICT;

-- Points of members: rows are added and never changed; what they add up to is the balance.
CREATE TABLE point_entry (
    company_id TEXT NOT NULL REFERENCES company,
    entry_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    points INTEGER NOT NULL,
    document_id TEXT,
    hold_id TEXT,
    reason TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, entry_id)
) STRICT;

-- Points that are set aside for a sale that is not finished.
CREATE TABLE point_hold (
    company_id TEXT NOT NULL REFERENCES company,
    hold_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    document_id TEXT NOT NULL,
    points INTEGER NOT NULL,
    state TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, hold_id),
    UNIQUE (company_id, document_id, member_id)
) STRICT;

-- Files of definitions that were looked at, until they are committed.
CREATE TABLE import_job (
    company_id TEXT NOT NULL REFERENCES company,
    import_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    store_id TEXT,
    state TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    report TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, import_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store
) STRICT;

CREATE INDEX definition_by_code ON definition (company_id, resource, code);
CREATE INDEX definition_by_id ON definition (company_id, definition_id);
CREATE INDEX document_by_time ON document (company_id, received_at, document_id);
CREATE INDEX offer_use_by_document ON offer_use (company_id, document_id);
CREATE INDEX point_entry_by_member ON point_entry (company_id, member_id);
CREATE INDEX point_hold_by_member ON point_hold (company_id, member_id, state);
