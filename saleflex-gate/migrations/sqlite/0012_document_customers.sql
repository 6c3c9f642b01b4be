-- Who bought, so that campaigns for first purchases can be judged.
ALTER TABLE document ADD COLUMN customer_id TEXT;
CREATE INDEX document_by_customer ON document (company_id, customer_id);
