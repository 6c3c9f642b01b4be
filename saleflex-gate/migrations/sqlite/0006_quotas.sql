-- Shares of limits that hold for the whole company, lent to tills that must honour them without asking.

-- What a till does where it has no share: it gives nothing, or counts for itself and is marked.
ALTER TABLE company ADD COLUMN quota_policy TEXT NOT NULL DEFAULT 'allow';

-- Which event of which life of a till used an offer: what a share is used up by. Older clients name none.
ALTER TABLE offer_use ADD COLUMN terminal_id TEXT;
ALTER TABLE offer_use ADD COLUMN epoch TEXT;
ALTER TABLE offer_use ADD COLUMN seq INTEGER;

-- All counts only rise. What was granted less what was given back and what later events used is out of the hub's
-- hands: it is not lent again, however long nothing is heard of it. Everybody's uses have an owner of noughts.
CREATE TABLE quota_share (
    company_id TEXT NOT NULL,
    terminal_id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    since_seq INTEGER NOT NULL,
    granted INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    expires_at INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, terminal_id, epoch, kind, subject_id, owner_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
) STRICT;

CREATE INDEX offer_use_by_event ON offer_use (company_id, offer_id, terminal_id, epoch, seq);
CREATE INDEX quota_share_by_subject ON quota_share (company_id, kind, subject_id, owner_id);
