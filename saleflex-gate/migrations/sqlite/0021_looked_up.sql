-- What cards paid of a document, and what went back onto any of them for it.
CREATE INDEX gift_card_entry_by_document ON gift_card_entry (company_id, document_id);
CREATE INDEX gift_card_entry_by_paid ON gift_card_entry (company_id, paid_id) WHERE paid_id IS NOT NULL;

-- Which terminal a device became.
CREATE INDEX terminal_by_former ON terminal (company_id, moved_from) WHERE moved_from IS NOT NULL;
