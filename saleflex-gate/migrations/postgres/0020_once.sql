-- What a document or a closure counts in: no sum mixes currencies. None of those of older terminals and of what came before
-- this step.
ALTER TABLE document ADD COLUMN currency text;
ALTER TABLE closure ADD COLUMN currency text;

-- Of what went back onto a card: the document that the card had paid, where another one gives it back.
ALTER TABLE gift_card_entry ADD COLUMN paid_id uuid;

-- What moved on the shelves, once each: a document or a posting moves nothing again, whatever kind of event brings it and
-- from whichever till.
CREATE TABLE stock_movement (
    company_id uuid NOT NULL,
    source_id uuid NOT NULL,
    position bigint NOT NULL,
    store_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    product_id uuid NOT NULL,
    kind text NOT NULL,
    change_e4 bigint NOT NULL,
    moved_at bigint NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (company_id, source_id, position),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);
CREATE INDEX stock_movement_by_product ON stock_movement (company_id, product_id, source_id, position);

-- What is held back for documents that are put aside stays at their tills: only that it was let go came here.
UPDATE stock_level SET reserved_e4 = 0;

ALTER TABLE stock_movement ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON stock_movement USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT ON stock_movement TO saleflex_hub;

-- Work that leaves a file, for whoever asked for it.
CREATE TABLE job (
    company_id uuid NOT NULL REFERENCES company,
    job_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    state text NOT NULL,
    progress bigint NOT NULL,
    file_name text NOT NULL,
    content text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, job_id)
);

ALTER TABLE job ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON job USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, DELETE ON job TO saleflex_hub;
