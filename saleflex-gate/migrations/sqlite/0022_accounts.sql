-- The second factor of a person's log-in: the secret of an authenticator, sealed under the hub's own, and the last of its
-- steps that was used. Asked for since it was confirmed.
CREATE TABLE second_factor (
    user_id TEXT NOT NULL REFERENCES hub_user,
    sealed_secret TEXT NOT NULL,
    last_step INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    PRIMARY KEY (user_id)
) STRICT;

-- Hashes of codes for the day on which the authenticator is lost, each good once.
CREATE TABLE recovery_code (
    user_id TEXT NOT NULL REFERENCES hub_user,
    code_hash TEXT NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (user_id, code_hash)
) STRICT;

-- Pictures of people, small ones: their bytes in base 64.
CREATE TABLE user_picture (
    user_id TEXT NOT NULL REFERENCES hub_user,
    media_type TEXT NOT NULL,
    content TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (user_id)
) STRICT;

-- Whom to call: of the company, of a store, or of a warehouse.
CREATE TABLE contact (
    company_id TEXT NOT NULL REFERENCES company,
    contact_id TEXT NOT NULL,
    store_id TEXT,
    warehouse_id TEXT,
    name TEXT NOT NULL,
    held_position TEXT,
    authority_level TEXT,
    phone TEXT,
    email TEXT,
    note TEXT,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, contact_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store
) STRICT;

-- When the program of a key, and the secret of a device, came last, to the hour.
ALTER TABLE api_key ADD COLUMN last_used_at INTEGER;
ALTER TABLE device_token ADD COLUMN last_used_at INTEGER;
CREATE INDEX device_token_by_terminal ON device_token (company_id, terminal_id);

-- When a store closes, if that was said before.
ALTER TABLE store ADD COLUMN closing_at INTEGER;
CREATE INDEX store_by_closing ON store (closing_at) WHERE closing_at IS NOT NULL;
