-- Points by which tiers are reached, of what an entry books; none: its kind says it.
ALTER TABLE point_entry ADD COLUMN lifetime INTEGER;

-- What counts of a sale or a return for its member, in the smallest unit of the currency; below nothing came back. It counts in
-- the year of the sale.
CREATE TABLE member_sale (
    company_id TEXT NOT NULL REFERENCES company,
    document_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    counted_on TEXT NOT NULL,
    sold_on TEXT NOT NULL,
    PRIMARY KEY (company_id, document_id)
) STRICT;
CREATE INDEX member_sale_by_member ON member_sale (company_id, member_id);

-- What tills told before that was kept. Events that nobody could read stand in the ledger too, and stop no upgrade.
INSERT INTO member_sale (company_id, document_id, member_id, amount, currency, counted_on, sold_on)
    SELECT l.company_id, json_extract(c.value, '$.document'), json_extract(c.value, '$.customer'),
        CASE json_extract(c.value, '$.change') WHEN 'sale_counted' THEN 1 ELSE -1 END * json_extract(c.value, '$.amount'),
        coalesce(d.currency, s.currency), substr(json_extract(l.body, '$.at.local'), 1, 10),
        coalesce(json_extract(c.value, '$.sold'), substr(json_extract(c.value, '$.at.local'), 1, 10))
    FROM ledger l
    JOIN terminal t ON t.company_id = l.company_id AND t.terminal_id = l.terminal_id
    JOIN store s ON s.company_id = t.company_id AND s.store_id = t.store_id
    JOIN json_each(l.body, '$.effects.loyalty') c
    LEFT JOIN document d ON d.company_id = l.company_id AND d.terminal_id = l.terminal_id
        AND d.document_id = json_extract(c.value, '$.document')
    WHERE l.kind = 'transaction' AND l.revision = 1
        AND (l.body LIKE '%"sale_counted"%' OR l.body LIKE '%"sale_returned"%')
        AND json_extract(l.body, '$.at.local') IS NOT NULL
        AND CASE c.type WHEN 'object' THEN json_extract(c.value, '$.change') IN ('sale_counted', 'sale_returned')
            AND json_extract(c.value, '$.document') LIKE '________-____-____-____-____________'
            AND replace(json_extract(c.value, '$.document'), '-', '') NOT GLOB '*[^0-9a-f]*'
            AND json_extract(c.value, '$.customer') LIKE '________-____-____-____-____________'
            AND replace(json_extract(c.value, '$.customer'), '-', '') NOT GLOB '*[^0-9a-f]*'
            AND typeof(json_extract(c.value, '$.amount')) = 'integer'
            AND json_extract(c.value, '$.amount') BETWEEN -999999999999999999 AND 999999999999999999
            AND coalesce(json_extract(c.value, '$.sold'), json_extract(c.value, '$.at.local')) IS NOT NULL ELSE 0 END
    ON CONFLICT DO NOTHING;
