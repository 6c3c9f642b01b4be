-- Campaigns that were in force together, by the digests that tills name them by: one where they are chosen from by priority,
-- one where by what is best for the customer.
CREATE TABLE campaign_set (
    company_id uuid NOT NULL REFERENCES company,
    hash text NOT NULL,
    best_hash text NOT NULL,
    seen_at bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (company_id, hash)
);
CREATE INDEX campaign_set_by_best ON campaign_set (company_id, best_hash);

ALTER TABLE campaign_set ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON campaign_set USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON campaign_set TO saleflex_hub;

-- What came of kinds of rows that this hub did not know was passed over: everything is asked for anew.
UPDATE upstream SET cursor = NULL;
