-- The local day of an entry, and the last one of what it gave; of a write-off the day by which that was over. Entries
-- without a day are an older hub's, which did not know when their points run out.
ALTER TABLE point_entry ADD COLUMN booked_on text;
ALTER TABLE point_entry ADD COLUMN expires_on text;
-- When that last day is over; none: nothing is to be written off, or it was looked at.
ALTER TABLE point_entry ADD COLUMN due_at bigint;
CREATE INDEX point_entry_by_due ON point_entry (company_id, member_id, due_at) WHERE due_at IS NOT NULL;
