-- The second factor of a person's log-in: the secret of an authenticator, sealed under the hub's own, and the last of its
-- steps that was used. Asked for since it was confirmed.
CREATE TABLE second_factor (
    user_id uuid NOT NULL REFERENCES hub_user,
    sealed_secret text NOT NULL,
    last_step bigint NOT NULL,
    begun_at bigint NOT NULL,
    confirmed_at bigint,
    PRIMARY KEY (user_id)
);

-- Hashes of codes for the day on which the authenticator is lost, each good once.
CREATE TABLE recovery_code (
    user_id uuid NOT NULL REFERENCES hub_user,
    code_hash text NOT NULL,
    used_at bigint,
    PRIMARY KEY (user_id, code_hash)
);

-- Pictures of people, small ones: their bytes in base 64.
CREATE TABLE user_picture (
    user_id uuid NOT NULL REFERENCES hub_user,
    media_type text NOT NULL,
    content text NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (user_id)
);

-- Whom to call: of the company, of a store, or of a warehouse.
CREATE TABLE contact (
    company_id uuid NOT NULL REFERENCES company,
    contact_id uuid NOT NULL,
    store_id uuid,
    warehouse_id uuid,
    name text NOT NULL,
    held_position text,
    authority_level text,
    phone text,
    email text,
    note text,
    created_at bigint NOT NULL,
    changed_at bigint NOT NULL,
    PRIMARY KEY (company_id, contact_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store
);

ALTER TABLE contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON contact USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON contact TO saleflex_hub;

-- When the program of a key, and the secret of a device, came last, to the hour.
ALTER TABLE api_key ADD COLUMN last_used_at bigint;
ALTER TABLE device_token ADD COLUMN last_used_at bigint;
CREATE INDEX device_token_by_terminal ON device_token (company_id, terminal_id);

-- When a store closes, if that was said before.
ALTER TABLE store ADD COLUMN closing_at bigint;
CREATE INDEX store_by_closing ON store (closing_at) WHERE closing_at IS NOT NULL;
