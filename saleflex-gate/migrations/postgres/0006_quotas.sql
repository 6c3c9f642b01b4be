-- Shares of limits that hold for the whole company, lent to tills that must honour them without asking.

-- What a till does where it has no share: it gives nothing, or counts for itself and is marked.
ALTER TABLE company ADD COLUMN quota_policy text NOT NULL DEFAULT 'allow';

-- Which event of which life of a till used an offer: what a share is used up by. Older clients name none.
ALTER TABLE offer_use ADD COLUMN terminal_id uuid;
ALTER TABLE offer_use ADD COLUMN epoch uuid;
ALTER TABLE offer_use ADD COLUMN seq bigint;

-- All counts only rise. What was granted less what was given back and what later events used is out of the hub's
-- hands: it is not lent again, however long nothing is heard of it. Everybody's uses have an owner of noughts.
CREATE TABLE quota_share (
    company_id uuid NOT NULL,
    terminal_id uuid NOT NULL,
    epoch uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    since_seq bigint NOT NULL,
    granted bigint NOT NULL,
    returned bigint NOT NULL,
    expires_at bigint,
    updated_at bigint NOT NULL,
    PRIMARY KEY (company_id, terminal_id, epoch, kind, subject_id, owner_id),
    FOREIGN KEY (company_id, terminal_id) REFERENCES terminal
);

CREATE INDEX offer_use_by_event ON offer_use (company_id, offer_id, terminal_id, epoch, seq);
CREATE INDEX quota_share_by_subject ON quota_share (company_id, kind, subject_id, owner_id);

-- The second wall, as for the tables before.
ALTER TABLE quota_share ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON quota_share USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON quota_share TO saleflex_hub;
