-- Papers about goods: proposals, transfers, counts, suppliers and what is ordered of them, each kept whole. Of no store: the
-- company's.
CREATE TABLE goods_paper (
    company_id TEXT NOT NULL REFERENCES company,
    paper_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    store_id TEXT,
    other_store_id TEXT,
    state TEXT NOT NULL,
    code TEXT,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, paper_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, other_store_id) REFERENCES store
) STRICT;
CREATE INDEX goods_paper_by_kind ON goods_paper (company_id, kind, paper_id);
CREATE UNIQUE INDEX goods_paper_by_code ON goods_paper (company_id, kind, code) WHERE code IS NOT NULL;

-- What was found at a count, a row for each time that somebody reports something: adding up is left to whoever reads.
CREATE TABLE stocktake_line (
    company_id TEXT NOT NULL,
    stocktake_id TEXT NOT NULL,
    line_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    counter_id TEXT NOT NULL,
    quantity_e4 INTEGER NOT NULL,
    counted_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, stocktake_id, line_id),
    FOREIGN KEY (company_id, stocktake_id) REFERENCES goods_paper
) STRICT;
-- Reports read documents by the day of the store.
CREATE INDEX document_by_day ON document (company_id, occurred_at, document_id, terminal_id);
CREATE INDEX stock_movement_by_time ON stock_movement (company_id, store_id, product_id, moved_at);

-- What the credit of an exchange carried on, from a sale whose goods came back to the new one, of what gift cards had paid;
-- known by the return.
CREATE TABLE card_credit (
    company_id TEXT NOT NULL REFERENCES company,
    document_id TEXT NOT NULL,
    paid_id TEXT NOT NULL,
    sale_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (company_id, document_id)
) STRICT;
CREATE INDEX card_credit_by_paid ON card_credit (company_id, paid_id);
CREATE INDEX card_credit_by_sale ON card_credit (company_id, sale_id);

-- Where in its store goods moved; none of what came before this step, and of what people moved here.
ALTER TABLE stock_movement ADD COLUMN location_id TEXT;
-- What tills put right: what others deliver afterwards of the time before was seen.
CREATE INDEX stock_movement_put_right ON stock_movement (company_id, store_id, product_id, moved_at)
    WHERE kind = 'adjustment';
-- When a place was counted last, of a count whose differences are booked later.
CREATE TABLE stock_found (
    company_id TEXT NOT NULL REFERENCES company,
    count_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    location_id TEXT NOT NULL,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, count_id, product_id, location_id)
) STRICT;
