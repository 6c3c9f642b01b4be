-- Gift cards, known by what their numbers come to; of the number itself the last four digits are kept.
CREATE TABLE gift_card (
    company_id TEXT NOT NULL REFERENCES company,
    card_id TEXT NOT NULL,
    last4 TEXT NOT NULL,
    currency TEXT NOT NULL,
    is_blocked INTEGER NOT NULL,
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, card_id)
) STRICT;

-- What came onto cards and what was taken of them, in the smallest unit of their currency: rows are added and never
-- changed, and what they add up to is the balance.
CREATE TABLE gift_card_entry (
    company_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    card_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount INTEGER NOT NULL,
    document_id TEXT,
    terminal_id TEXT,
    reason TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, entry_id),
    FOREIGN KEY (company_id, card_id) REFERENCES gift_card
) STRICT;
CREATE INDEX gift_card_entry_by_card ON gift_card_entry (company_id, card_id, entry_id);

-- What happened stays as it was written.
CREATE TRIGGER gift_card_entry_stays BEFORE UPDATE ON gift_card_entry
    BEGIN SELECT RAISE(ABORT, 'entries of gift cards are never changed'); END;
CREATE TRIGGER gift_card_entry_remains BEFORE DELETE ON gift_card_entry
    BEGIN SELECT RAISE(ABORT, 'entries of gift cards are never changed'); END;
