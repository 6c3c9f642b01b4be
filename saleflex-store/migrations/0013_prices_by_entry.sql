-- The audit trail names the prices that an entry of the journal changed.
CREATE INDEX price_change_entry ON price_change (seq);
