-- Entries of gift cards go with the books of their company, when those of a deleted one are taken away, and in no other way.
DROP TRIGGER gift_card_entry_remains;
CREATE TRIGGER gift_card_entry_remains BEFORE DELETE ON gift_card_entry
    WHEN NOT EXISTS (SELECT 1 FROM company c WHERE c.company_id = OLD.company_id AND c.state = 'deleted')
    BEGIN SELECT RAISE(ABORT, 'entries of gift cards are never changed'); END;
