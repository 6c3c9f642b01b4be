-- Who bought in documents that were delivered before that was written down.
UPDATE document SET customer_id = (
    SELECT json_extract(sale.value, '$.document.customer') FROM ledger l, json_each(l.body, '$.effects.completed') sale
    WHERE l.company_id = document.company_id AND l.terminal_id = document.terminal_id AND l.kind = 'transaction'
        AND l.entity_id = document.entity_id AND l.revision = 1
        AND json_extract(sale.value, '$.document.id') = document.document_id
        AND coalesce(json_extract(sale.value, '$.document.training'), 0) = 0
) WHERE customer_id IS NULL AND entity_id IS NOT NULL AND status = 'completed';

-- Older terminals say it in the head of a document.
UPDATE document SET customer_id = (
    SELECT lower(trim(json_extract(l.body, '$.head.fk_customer_id'))) FROM ledger l
    WHERE l.company_id = document.company_id AND l.terminal_id = document.terminal_id AND l.kind = 'transaction'
        AND l.entity_id = document.document_id AND l.revision = 1
        AND trim(json_extract(l.body, '$.head.fk_customer_id')) LIKE '________-____-____-____-____________'
        AND replace(trim(json_extract(l.body, '$.head.fk_customer_id')), '-', '') NOT GLOB '*[^0-9a-fA-F]*'
) WHERE customer_id IS NULL AND entity_id IS NULL;
