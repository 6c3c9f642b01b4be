-- What a store has in the place of a row of its company: the row of the company that it stands for.
ALTER TABLE definition ADD COLUMN overrides TEXT;
CREATE INDEX definition_by_overridden ON definition (company_id, resource, overrides) WHERE overrides IS NOT NULL;

-- What holds in the stores of a region; and since which change of the company a store lies where it does: whoever has heard of no
-- later one asks for everything anew.
ALTER TABLE definition ADD COLUMN region_id TEXT;
CREATE INDEX definition_by_region ON definition (company_id, region_id) WHERE region_id IS NOT NULL;
ALTER TABLE store ADD COLUMN placed_after INTEGER NOT NULL DEFAULT 0;

-- A store's hub passed over templates of closures, which it did not know: it asks for everything anew.
UPDATE upstream SET cursor = NULL;
