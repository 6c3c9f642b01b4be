-- The lives of the hub: one begins with every start of a program on these books. `no` counts them in a company;
-- `since_change` is the company's count of changes when the life began. A cursor of a life reaches no further than the
-- next life's beginning: what lies beyond was lost when the books were put back to a backup.
CREATE TABLE company_life (
    company_id TEXT NOT NULL REFERENCES company,
    no INTEGER NOT NULL,
    life_id TEXT NOT NULL,
    since_change INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (company_id, no),
    UNIQUE (company_id, life_id)
) STRICT;

-- A store's hub knows which of its rows came from the company's hub, and in which snapshot it saw them last: what a
-- whole snapshot does not hold is gone.
ALTER TABLE upstream ADD COLUMN snapshots INTEGER NOT NULL DEFAULT 0;
ALTER TABLE upstream ADD COLUMN is_snapshot INTEGER NOT NULL DEFAULT 0;
CREATE TABLE upstream_row (
    company_id TEXT NOT NULL,
    resource TEXT NOT NULL,
    definition_id TEXT NOT NULL,
    seen_in INTEGER NOT NULL,
    PRIMARY KEY (company_id, resource, definition_id),
    FOREIGN KEY (company_id, resource, definition_id) REFERENCES definition
) STRICT;
