-- Documents that used offers or were taken back whole: whichever comes first, its row says to the other what is known.
CREATE TABLE document_uses (
    company_id uuid NOT NULL REFERENCES company,
    document_id uuid NOT NULL,
    is_returned bigint NOT NULL,
    PRIMARY KEY (company_id, document_id)
);
INSERT INTO document_uses (company_id, document_id, is_returned)
    SELECT DISTINCT company_id, document_id, 1 FROM offer_use WHERE state = 'returned';

ALTER TABLE document_uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON document_uses USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON document_uses TO saleflex_hub;
