-- To whom ownership is offered. Nobody belongs to a company before they accept.
CREATE TABLE ownership_offer (
    company_id TEXT NOT NULL REFERENCES company,
    user_id TEXT NOT NULL REFERENCES hub_user,
    offered_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, user_id)
) STRICT;

-- What was offered to members stays offered to them.
INSERT INTO ownership_offer (company_id, user_id, offered_at)
    SELECT company_id, user_id, owner_offered_at FROM membership WHERE owner_offered_at IS NOT NULL;
ALTER TABLE membership DROP COLUMN owner_offered_at;
