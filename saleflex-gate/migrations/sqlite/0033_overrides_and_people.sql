-- What a store has in the place of a row of its company: the row of the company that it stands for.
ALTER TABLE definition ADD COLUMN overrides TEXT;
CREATE INDEX definition_by_overridden ON definition (company_id, resource, overrides) WHERE overrides IS NOT NULL;

-- A store's hub passed over templates of closures, which it did not know: it asks for everything anew.
UPDATE upstream SET cursor = NULL;
