-- The least number that a period may have from here on: another life of the file has used those before it.
ALTER TABLE till ADD COLUMN least_period INTEGER NOT NULL DEFAULT 1;

-- Rows of a hub are taken over a part at a time: those that did not fit before come last.
CREATE INDEX inbox_waiting ON inbox (connector, resource, held_for IS NOT NULL, version) WHERE is_taken = 0;
