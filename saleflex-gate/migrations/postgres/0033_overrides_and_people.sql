-- What a store has in the place of a row of its company: the row of the company that it stands for.
ALTER TABLE definition ADD COLUMN overrides uuid;
CREATE INDEX definition_by_overridden ON definition (company_id, resource, overrides) WHERE overrides IS NOT NULL;

-- What holds in the stores of a region; and since which change of the company a store lies where it does: whoever has heard of no
-- later one asks for everything anew.
ALTER TABLE definition ADD COLUMN region_id uuid;
CREATE INDEX definition_by_region ON definition (company_id, region_id) WHERE region_id IS NOT NULL;
ALTER TABLE store ADD COLUMN placed_after bigint NOT NULL DEFAULT 0;

-- A store's hub passed over templates of closures, which it did not know: it asks for everything anew.
UPDATE upstream SET cursor = NULL;

-- The second wall around people: a company is shown who those are that belong to it, ask to or are offered it, and ends their
-- sessions in it. Nobody's password, token or second factor is any company's.
ALTER TABLE hub_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON hub_user FOR SELECT USING (
    EXISTS (SELECT 1 FROM membership m
        WHERE m.company_id = current_setting('app.company')::uuid AND m.user_id = hub_user.user_id)
    OR EXISTS (SELECT 1 FROM join_request r
        WHERE r.company_id = current_setting('app.company')::uuid AND r.user_id = hub_user.user_id)
    OR EXISTS (SELECT 1 FROM ownership_offer o
        WHERE o.company_id = current_setting('app.company')::uuid AND o.user_id = hub_user.user_id)
);
GRANT SELECT (user_id, username, username_key, first_name, last_name, email, locale, is_active) ON hub_user TO saleflex_hub;
ALTER TABLE user_picture ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON user_picture FOR SELECT USING (
    EXISTS (SELECT 1 FROM membership m
        WHERE m.company_id = current_setting('app.company')::uuid AND m.user_id = user_picture.user_id)
);
GRANT SELECT ON user_picture TO saleflex_hub;
ALTER TABLE user_session ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON user_session USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT (user_id, company_id, ended_at), UPDATE (ended_at) ON user_session TO saleflex_hub;
