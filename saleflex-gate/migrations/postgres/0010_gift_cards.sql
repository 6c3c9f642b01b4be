-- Gift cards, known by what their numbers come to; of the number itself the last four digits are kept.
CREATE TABLE gift_card (
    company_id uuid NOT NULL REFERENCES company,
    card_id uuid NOT NULL,
    last4 text NOT NULL,
    currency text NOT NULL,
    is_blocked bigint NOT NULL,
    expires_at bigint,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, card_id)
);

-- What came onto cards and what was taken of them, in the smallest unit of their currency: rows are added and never
-- changed, and what they add up to is the balance.
CREATE TABLE gift_card_entry (
    company_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    card_id uuid NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    document_id uuid,
    terminal_id uuid,
    reason text,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, entry_id),
    FOREIGN KEY (company_id, card_id) REFERENCES gift_card
);
CREATE INDEX gift_card_entry_by_card ON gift_card_entry (company_id, card_id, entry_id);

ALTER TABLE gift_card ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON gift_card USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE gift_card_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON gift_card_entry USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE ON gift_card TO saleflex_hub;
GRANT SELECT, INSERT ON gift_card_entry TO saleflex_hub;
