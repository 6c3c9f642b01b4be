-- The number that a period closed under, where its documents have another: its file is a copy, and whoever it was copied from
-- may have closed a period of that number.
ALTER TABLE closure ADD COLUMN closed_as bigint;

-- Which periods of a till have one number.
CREATE INDEX closure_by_period ON closure (company_id, terminal_id, closure_number);
