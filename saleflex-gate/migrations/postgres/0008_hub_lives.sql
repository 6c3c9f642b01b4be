-- The lives of the hub: one begins with every start of a program on these books. `no` counts them in a company;
-- `since_change` is the company's count of changes when the life began. A cursor of a life reaches no further than the
-- next life's beginning: what lies beyond was lost when the books were put back to a backup.
CREATE TABLE company_life (
    company_id uuid NOT NULL REFERENCES company,
    no bigint NOT NULL,
    life_id uuid NOT NULL,
    since_change bigint NOT NULL,
    ended_at bigint,
    PRIMARY KEY (company_id, no),
    UNIQUE (company_id, life_id)
);

-- A store's hub knows which of its rows came from the company's hub, and in which snapshot it saw them last: what a
-- whole snapshot does not hold is gone.
ALTER TABLE upstream ADD COLUMN snapshots bigint NOT NULL DEFAULT 0;
ALTER TABLE upstream ADD COLUMN is_snapshot bigint NOT NULL DEFAULT 0;
CREATE TABLE upstream_row (
    company_id uuid NOT NULL,
    resource text NOT NULL,
    definition_id uuid NOT NULL,
    seen_in bigint NOT NULL,
    PRIMARY KEY (company_id, resource, definition_id),
    FOREIGN KEY (company_id, resource, definition_id) REFERENCES definition
);

ALTER TABLE company_life ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON company_life USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE upstream_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON upstream_row USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON company_life, upstream_row TO saleflex_hub;
