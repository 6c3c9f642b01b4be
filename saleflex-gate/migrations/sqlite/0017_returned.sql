-- Documents that used offers or were taken back whole: whichever comes first, its row says to the other what is known.
CREATE TABLE document_uses (
    company_id TEXT NOT NULL REFERENCES company,
    document_id TEXT NOT NULL,
    is_returned INTEGER NOT NULL,
    PRIMARY KEY (company_id, document_id)
) STRICT;
INSERT INTO document_uses (company_id, document_id, is_returned)
    SELECT DISTINCT company_id, document_id, 1 FROM offer_use WHERE state = 'returned';
