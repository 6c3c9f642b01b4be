-- To whom ownership is offered. Nobody belongs to a company before they accept.
CREATE TABLE ownership_offer (
    company_id uuid NOT NULL REFERENCES company,
    user_id uuid NOT NULL REFERENCES hub_user,
    offered_at bigint NOT NULL,
    PRIMARY KEY (company_id, user_id)
);

-- What was offered to members stays offered to them.
INSERT INTO ownership_offer (company_id, user_id, offered_at)
    SELECT company_id, user_id, owner_offered_at FROM membership WHERE owner_offered_at IS NOT NULL;
ALTER TABLE membership DROP COLUMN owner_offered_at;

ALTER TABLE ownership_offer ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON ownership_offer USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON ownership_offer TO saleflex_hub;
