-- Papers about goods: proposals, transfers, counts, suppliers and what is ordered of them, each kept whole. Of no store: the
-- company's.
CREATE TABLE goods_paper (
    company_id uuid NOT NULL REFERENCES company,
    paper_id uuid NOT NULL,
    kind text NOT NULL,
    store_id uuid,
    other_store_id uuid,
    state text NOT NULL,
    code text,
    body text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (company_id, paper_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, other_store_id) REFERENCES store
);
CREATE INDEX goods_paper_by_kind ON goods_paper (company_id, kind, paper_id);
CREATE UNIQUE INDEX goods_paper_by_code ON goods_paper (company_id, kind, code) WHERE code IS NOT NULL;

-- What was found at a count, a row for each time that somebody reports something: adding up is left to whoever reads.
CREATE TABLE stocktake_line (
    company_id uuid NOT NULL,
    stocktake_id uuid NOT NULL,
    line_id uuid NOT NULL,
    product_id uuid NOT NULL,
    counter_id uuid NOT NULL,
    quantity_e4 bigint NOT NULL,
    counted_at bigint NOT NULL,
    PRIMARY KEY (company_id, stocktake_id, line_id),
    FOREIGN KEY (company_id, stocktake_id) REFERENCES goods_paper
);
-- Reports read documents by the day of the store.
CREATE INDEX document_by_day ON document (company_id, occurred_at, document_id, terminal_id);
CREATE INDEX stock_movement_by_time ON stock_movement (company_id, store_id, product_id, moved_at);

ALTER TABLE goods_paper ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON goods_paper USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE stocktake_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON stocktake_line USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE ON goods_paper TO saleflex_hub;
GRANT SELECT, INSERT ON stocktake_line TO saleflex_hub;

-- What the credit of an exchange carried on, from a sale whose goods came back to the new one, of what gift cards had paid;
-- known by the return.
CREATE TABLE card_credit (
    company_id uuid NOT NULL REFERENCES company,
    document_id uuid NOT NULL,
    paid_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    amount bigint NOT NULL,
    PRIMARY KEY (company_id, document_id)
);
CREATE INDEX card_credit_by_paid ON card_credit (company_id, paid_id);
CREATE INDEX card_credit_by_sale ON card_credit (company_id, sale_id);

ALTER TABLE card_credit ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON card_credit USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT ON card_credit TO saleflex_hub;

-- Where in its store goods moved; none of what came before this step, and of what people moved here.
ALTER TABLE stock_movement ADD COLUMN location_id uuid;
-- What tills put right: what others deliver afterwards of the time before was seen.
CREATE INDEX stock_movement_put_right ON stock_movement (company_id, store_id, product_id, moved_at)
    WHERE kind = 'adjustment';
-- When a place was counted last, of a count whose differences are booked later.
CREATE TABLE stock_found (
    company_id uuid NOT NULL REFERENCES company,
    count_id uuid NOT NULL,
    product_id uuid NOT NULL,
    location_id uuid NOT NULL,
    found_at bigint NOT NULL,
    PRIMARY KEY (company_id, count_id, product_id, location_id)
);

ALTER TABLE stock_found ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON stock_found USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE ON stock_found TO saleflex_hub;
