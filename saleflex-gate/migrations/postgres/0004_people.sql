-- People, their companies and what they may do. Identities of people stand above companies; what a person is in a
-- company holds the company first in its key.

-- Persons, by a name that is compared without its case. Only a hash of the password is kept.
CREATE TABLE hub_user (
    user_id uuid NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    password_hash text NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    email text,
    locale text,
    is_active bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (user_id),
    UNIQUE (username_key)
);

-- What a person has open: a family of refresh tokens, and the company it is for.
CREATE TABLE user_session (
    session_id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES hub_user,
    company_id uuid REFERENCES company,
    terminal_id uuid,
    address text,
    created_at bigint NOT NULL,
    last_used_at bigint NOT NULL,
    ended_at bigint,
    PRIMARY KEY (session_id)
);

-- Digests of refresh tokens. One that was used is kept, so that a second use is noticed.
CREATE TABLE refresh_token (
    digest text NOT NULL,
    session_id uuid NOT NULL REFERENCES user_session,
    expires_at bigint NOT NULL,
    used_at bigint,
    PRIMARY KEY (digest)
);

-- Digests of what an invitation was sent with, and of the secrets of programs.
CREATE TABLE company_secret (
    digest text NOT NULL,
    company_id uuid NOT NULL REFERENCES company,
    kind text NOT NULL,
    owner_id uuid NOT NULL,
    PRIMARY KEY (digest)
);

ALTER TABLE company ADD COLUMN details text NOT NULL DEFAULT '{}';
ALTER TABLE company ADD COLUMN store_domains text NOT NULL DEFAULT '';
ALTER TABLE company ADD COLUMN state text NOT NULL DEFAULT 'active';
ALTER TABLE company ADD COLUMN audits bigint NOT NULL DEFAULT 0;
ALTER TABLE store ADD COLUMN details text NOT NULL DEFAULT '{}';
ALTER TABLE store ADD COLUMN closed_at bigint;
ALTER TABLE terminal ADD COLUMN name text NOT NULL DEFAULT '';
ALTER TABLE terminal ADD COLUMN profile text NOT NULL DEFAULT 'pos';
ALTER TABLE terminal ADD COLUMN push_until bigint;
ALTER TABLE terminal ADD COLUMN settings text NOT NULL DEFAULT '{}';

-- Who belongs to a company, with the two tags that are no roles.
CREATE TABLE membership (
    company_id uuid NOT NULL REFERENCES company,
    user_id uuid NOT NULL REFERENCES hub_user,
    is_owner bigint NOT NULL,
    is_admin bigint NOT NULL,
    owner_offered_at bigint,
    cashier_number text,
    pin_hash text,
    is_active bigint NOT NULL,
    joined_at bigint NOT NULL,
    PRIMARY KEY (company_id, user_id),
    UNIQUE (company_id, cashier_number)
);

-- Who asks to belong.
CREATE TABLE join_request (
    company_id uuid NOT NULL REFERENCES company,
    request_id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES hub_user,
    message text,
    state text NOT NULL,
    reason text,
    decided_by uuid,
    decided_at bigint,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, request_id)
);

-- Who is asked to belong, with the roles that come with it.
CREATE TABLE invitation (
    company_id uuid NOT NULL REFERENCES company,
    invitation_id uuid NOT NULL,
    email text NOT NULL,
    roles text NOT NULL,
    state text NOT NULL,
    invited_by uuid NOT NULL,
    accepted_by uuid,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, invitation_id)
);

-- Parts of a company that hold stores and other parts.
CREATE TABLE region (
    company_id uuid NOT NULL REFERENCES company,
    region_id uuid NOT NULL,
    parent_id uuid,
    code text NOT NULL,
    name text NOT NULL,
    is_deleted bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, region_id),
    UNIQUE (company_id, code),
    FOREIGN KEY (company_id, parent_id) REFERENCES region
);

-- Which region a store lies in.
CREATE TABLE region_store (
    company_id uuid NOT NULL,
    store_id uuid NOT NULL,
    region_id uuid NOT NULL,
    PRIMARY KEY (company_id, store_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, region_id) REFERENCES region
);

-- What a person may do where: in the whole company, a region or a store, there at all terminals or at some.
CREATE TABLE role_assignment (
    company_id uuid NOT NULL,
    assignment_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    region_id uuid,
    store_id uuid,
    terminals text,
    granted_by uuid,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, assignment_id),
    FOREIGN KEY (company_id, user_id) REFERENCES membership,
    FOREIGN KEY (company_id, region_id) REFERENCES region,
    FOREIGN KEY (company_id, store_id) REFERENCES store
);

-- The wish to delete a company, until every owner agrees.
CREATE TABLE company_deletion (
    company_id uuid NOT NULL REFERENCES company,
    deletion_id uuid NOT NULL,
    state text NOT NULL,
    started_by uuid NOT NULL,
    expires_at bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, deletion_id)
);

-- Which owners agree.
CREATE TABLE company_deletion_approval (
    company_id uuid NOT NULL,
    deletion_id uuid NOT NULL,
    user_id uuid NOT NULL,
    approved_at bigint NOT NULL,
    PRIMARY KEY (company_id, deletion_id, user_id),
    FOREIGN KEY (company_id, deletion_id) REFERENCES company_deletion
);

-- Programs of a company that call the hub.
CREATE TABLE api_key (
    company_id uuid NOT NULL REFERENCES company,
    key_id uuid NOT NULL,
    name text NOT NULL,
    capabilities text NOT NULL,
    stores text,
    created_by uuid NOT NULL,
    created_at bigint NOT NULL,
    revoked_at bigint,
    PRIMARY KEY (company_id, key_id)
);

-- Every administrative act, in order; each row carries the digest of the one before.
CREATE TABLE audit (
    company_id uuid NOT NULL REFERENCES company,
    number bigint NOT NULL,
    at bigint NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    act text NOT NULL,
    subject text NOT NULL,
    subject_id text NOT NULL,
    store_id uuid,
    detail text NOT NULL,
    correlation_id text,
    digest text NOT NULL,
    PRIMARY KEY (company_id, number)
);

-- What was answered to a request that may be repeated.
CREATE TABLE answer (
    company_id uuid NOT NULL REFERENCES company,
    actor_id uuid NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (company_id, actor_id, key)
);

-- Messages for persons, until they are read.
CREATE TABLE user_notification (
    company_id uuid NOT NULL REFERENCES company,
    notification_id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES hub_user,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    read_at bigint,
    PRIMARY KEY (company_id, notification_id)
);

CREATE INDEX user_session_by_user ON user_session (user_id);
CREATE INDEX membership_by_user ON membership (user_id);
CREATE INDEX role_assignment_by_user ON role_assignment (company_id, user_id);
CREATE INDEX join_request_by_state ON join_request (company_id, state);
CREATE INDEX user_notification_by_user ON user_notification (company_id, user_id, read_at);

-- What happened stays as it was written.
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is never changed'; END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays();

-- The second wall, as for the tables before.
ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON membership USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE join_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON join_request USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON invitation USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE region ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON region USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE region_store ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON region_store USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE role_assignment ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON role_assignment USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE company_deletion ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON company_deletion USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE company_deletion_approval ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON company_deletion_approval USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON api_key USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON audit USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON answer USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE user_notification ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON user_notification USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON membership, join_request, invitation, region, region_store, role_assignment, company_deletion, company_deletion_approval, api_key, answer, user_notification TO saleflex_hub;
GRANT SELECT, INSERT ON audit TO saleflex_hub;
-- A company's own codes and secrets are seen by it too; to the others they are not there.
ALTER TABLE office ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON office USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE device_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON device_token USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE enrolment ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON enrolment USING (company_id = current_setting('app.company')::uuid);
ALTER TABLE company_secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_company ON company_secret USING (company_id = current_setting('app.company')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON office, device_token, enrolment, company_secret TO saleflex_hub;
