-- Points by which tiers are reached, of what an entry books; none: its kind says it.
ALTER TABLE point_entry ADD COLUMN lifetime bigint;

-- What counts of a sale or a return for its member, in the smallest unit of the currency; below nothing came back. It counts in
-- the year of the sale.
CREATE TABLE member_sale (
    company_id uuid NOT NULL REFERENCES company,
    document_id uuid NOT NULL,
    member_id uuid NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    counted_on text NOT NULL,
    sold_on text NOT NULL,
    PRIMARY KEY (company_id, document_id)
);
CREATE INDEX member_sale_by_member ON member_sale (company_id, member_id);

-- What tills told before that was kept. Events that nobody could read stand in the ledger too, and stop no upgrade.
INSERT INTO member_sale (company_id, document_id, member_id, amount, currency, counted_on, sold_on)
    SELECT l.company_id, (c.value ->> 'document')::uuid, (c.value ->> 'customer')::uuid,
        CASE c.value ->> 'change' WHEN 'sale_counted' THEN 1 ELSE -1 END * (c.value ->> 'amount')::bigint,
        coalesce(d.currency, s.currency), substr(l.body::json -> 'at' ->> 'local', 1, 10),
        coalesce(c.value ->> 'sold', substr(c.value -> 'at' ->> 'local', 1, 10))
    FROM ledger l
    JOIN terminal t ON t.company_id = l.company_id AND t.terminal_id = l.terminal_id
    JOIN store s ON s.company_id = t.company_id AND s.store_id = t.store_id
    CROSS JOIN LATERAL json_array_elements(
        CASE json_typeof(l.body::json -> 'effects' -> 'loyalty') WHEN 'array'
        THEN l.body::json -> 'effects' -> 'loyalty' ELSE '[]' END
    ) c
    LEFT JOIN document d ON d.company_id = l.company_id AND d.terminal_id = l.terminal_id
        AND d.document_id = (c.value ->> 'document')::uuid
    WHERE l.kind = 'transaction' AND l.revision = 1
        AND (l.body LIKE '%"sale_counted"%' OR l.body LIKE '%"sale_returned"%')
        AND l.body::json -> 'at' ->> 'local' IS NOT NULL
        AND c.value ->> 'change' IN ('sale_counted', 'sale_returned')
        AND c.value ->> 'document' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        AND c.value ->> 'customer' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        AND c.value ->> 'amount' ~ '^-?[0-9]{1,18}$'
        AND coalesce(c.value ->> 'sold', c.value -> 'at' ->> 'local') IS NOT NULL
    ON CONFLICT DO NOTHING;

ALTER TABLE member_sale ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON member_sale USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON member_sale TO saleflex_hub;
