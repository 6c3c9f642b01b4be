-- Campaigns that were in force together, by the digests that tills name them by: one where they are chosen from by priority,
-- one where by what is best for the customer.
CREATE TABLE campaign_set (
    company_id TEXT NOT NULL REFERENCES company,
    hash TEXT NOT NULL,
    best_hash TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (company_id, hash)
) STRICT;
CREATE INDEX campaign_set_by_best ON campaign_set (company_id, best_hash);

-- What came of kinds of rows that this hub did not know was passed over: everything is asked for anew.
UPDATE upstream SET cursor = NULL;
