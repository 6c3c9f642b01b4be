-- What a hub finds again without reading everything it ever had.

-- What is not queued yet is looked for in the order it came, and from where the last page ended. A hub that took nothing
-- in without queueing it since it caught up need not look at all.
CREATE INDEX ledger_by_arrival ON ledger (company_id, received_at, terminal_id, COALESCE(seq, 0), entity_id, kind, revision);
CREATE INDEX relay_by_event ON relay (company_id, terminal_id, kind, entity_id, revision);
ALTER TABLE upstream DROP COLUMN queued_at;
ALTER TABLE upstream ADD COLUMN is_caught_up bigint NOT NULL DEFAULT 0;

-- What was forwarded and came to its place at the company's hub, in the life of that hub that said so: another life
-- may have come back from a backup, and is asked about everything anew.
ALTER TABLE relay ADD COLUMN is_placed bigint NOT NULL DEFAULT 0;
ALTER TABLE upstream ADD COLUMN placed_life uuid;
CREATE INDEX relay_sent ON relay (company_id, no) WHERE state = 'sent' AND is_placed = 0;

-- How often a share was wanted, and up to which of these the company's hub was asked: what is wanted while an answer is
-- under way is asked for again. What is over and used up is asked about no more; its counts stay, since they only rise.
ALTER TABLE borrowed_share ADD COLUMN wants bigint NOT NULL DEFAULT 1;
ALTER TABLE borrowed_share ADD COLUMN asked bigint NOT NULL DEFAULT 0;
ALTER TABLE borrowed_share ADD COLUMN is_settled bigint NOT NULL DEFAULT 0;
CREATE INDEX borrowed_share_going ON borrowed_share (company_id, kind) WHERE is_settled = 0;

-- The business day of the sale that used an offer, which a limit a day counts by; none of uses before this step.
ALTER TABLE offer_use ADD COLUMN sold_on text;
