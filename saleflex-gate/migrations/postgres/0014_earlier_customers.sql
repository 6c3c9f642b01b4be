-- Who bought in documents that were delivered before that was written down.
UPDATE document d SET customer_id = (sale.value -> 'document' ->> 'customer')::uuid
FROM ledger l CROSS JOIN LATERAL json_array_elements(
    CASE json_typeof(l.body::json -> 'effects' -> 'completed') WHEN 'array'
    THEN l.body::json -> 'effects' -> 'completed' ELSE '[]' END
) sale
WHERE d.customer_id IS NULL AND d.status = 'completed'
    AND l.company_id = d.company_id AND l.terminal_id = d.terminal_id AND l.kind = 'transaction'
    AND l.entity_id = d.entity_id AND l.revision = 1
    AND sale.value -> 'document' ->> 'id' = d.document_id::text
    AND coalesce(sale.value -> 'document' ->> 'training', 'false') = 'false';

-- Older terminals say it in the head of a document.
UPDATE document d SET customer_id = CASE
    WHEN trim(l.body::json -> 'head' ->> 'fk_customer_id') ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'
    THEN trim(l.body::json -> 'head' ->> 'fk_customer_id')::uuid END
FROM ledger l
WHERE d.customer_id IS NULL AND d.entity_id IS NULL
    AND l.company_id = d.company_id AND l.terminal_id = d.terminal_id AND l.kind = 'transaction'
    AND l.entity_id = d.document_id AND l.revision = 1;
