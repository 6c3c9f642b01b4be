-- What a document or a closure counts in: no sum mixes currencies. None of those of older terminals and of what came before
-- this step.
ALTER TABLE document ADD COLUMN currency TEXT;
ALTER TABLE closure ADD COLUMN currency TEXT;

-- Of what went back onto a card: the document that the card had paid, where another one gives it back.
ALTER TABLE gift_card_entry ADD COLUMN paid_id TEXT;

-- What moved on the shelves, once each: a document or a posting moves nothing again, whatever kind of event brings it and
-- from whichever till.
CREATE TABLE stock_movement (
    company_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    store_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    change_e4 INTEGER NOT NULL,
    moved_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, source_id, position),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;
CREATE INDEX stock_movement_by_product ON stock_movement (company_id, product_id, source_id, position);

-- What is held back for documents that are put aside stays at their tills: only that it was let go came here.
UPDATE stock_level SET reserved_e4 = 0;

-- Work that leaves a file, for whoever asked for it.
CREATE TABLE job (
    company_id TEXT NOT NULL REFERENCES company,
    job_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL,
    progress INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, job_id)
) STRICT;
