-- What is found by its code, what was delivered and where it stands, and what is decided here for whoever asks.

ALTER TABLE definition ADD COLUMN code text;
ALTER TABLE document ADD COLUMN entity_id uuid;
ALTER TABLE document ADD COLUMN cashier_id uuid;

-- What is on the shelves of a store by what its tills delivered, in ten-thousandths of a unit.
CREATE TABLE stock_level (
    company_id uuid NOT NULL,
    store_id uuid NOT NULL,
    product_id uuid NOT NULL,
    on_hand_e4 bigint NOT NULL,
    reserved_e4 bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (company_id, store_id, product_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store
);

-- What sales used of campaigns and coupons, once each; given back when the sale was taken back whole.
CREATE TABLE offer_use (
    company_id uuid NOT NULL REFERENCES company,
    offer_id uuid NOT NULL,
    document_id uuid NOT NULL,
    kind text NOT NULL,
    customer_id uuid,
    amount_e4 bigint NOT NULL,
    state text NOT NULL,
    expires_at bigint,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, offer_id, document_id)
);

-- Points of members: rows are added and never changed; what they add up to is the balance.
CREATE TABLE point_entry (
    company_id uuid NOT NULL REFERENCES company,
    entry_id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    points bigint NOT NULL,
    document_id uuid,
    hold_id uuid,
    reason text,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, entry_id)
);

-- Points that are set aside for a sale that is not finished.
CREATE TABLE point_hold (
    company_id uuid NOT NULL REFERENCES company,
    hold_id uuid NOT NULL,
    member_id uuid NOT NULL,
    document_id uuid NOT NULL,
    points bigint NOT NULL,
    state text NOT NULL,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, hold_id),
    UNIQUE (company_id, document_id, member_id)
);

-- Files of definitions that were looked at, until they are committed.
CREATE TABLE import_job (
    company_id uuid NOT NULL REFERENCES company,
    import_id uuid NOT NULL,
    resource text NOT NULL,
    store_id uuid,
    state text NOT NULL,
    row_count bigint NOT NULL,
    report text NOT NULL,
    content text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, import_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store
);

CREATE INDEX definition_by_code ON definition (company_id, resource, code);
CREATE INDEX definition_by_id ON definition (company_id, definition_id);
CREATE INDEX document_by_time ON document (company_id, received_at, document_id);
CREATE INDEX offer_use_by_document ON offer_use (company_id, document_id);
CREATE INDEX point_entry_by_member ON point_entry (company_id, member_id);
CREATE INDEX point_hold_by_member ON point_hold (company_id, member_id, state);

-- The second wall, as for the tables before.
ALTER TABLE stock_level ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON stock_level USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE offer_use ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON offer_use USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE point_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON point_entry USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE point_hold ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON point_hold USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE import_job ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON import_job USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_level, offer_use, point_entry, point_hold, import_job TO saleflex_hub;
