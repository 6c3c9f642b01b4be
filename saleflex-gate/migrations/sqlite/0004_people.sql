-- People, their companies and what they may do. Identities of people stand above companies; what a person is in a
-- company holds the company first in its key.

-- Persons, by a name that is compared without its case. Only a hash of the password is kept.
CREATE TABLE hub_user (
    user_id TEXT NOT NULL,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    email TEXT,
    locale TEXT,
    is_active INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (user_id),
    UNIQUE (username_key)
) STRICT;

-- What a person has open: a family of refresh tokens, and the company it is for.
CREATE TABLE user_session (
    session_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES hub_user,
    company_id TEXT REFERENCES company,
    terminal_id TEXT,
    address TEXT,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    ended_at INTEGER,
    PRIMARY KEY (session_id)
) STRICT;

-- Digests of refresh tokens. One that was used is kept, so that a second use is noticed.
CREATE TABLE refresh_token (
    digest TEXT NOT NULL,
    session_id TEXT NOT NULL REFERENCES user_session,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    PRIMARY KEY (digest)
) STRICT;

-- Digests of what an invitation was sent with, and of the secrets of programs.
CREATE TABLE company_secret (
    digest TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES company,
    kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    PRIMARY KEY (digest)
) STRICT;

ALTER TABLE company ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE company ADD COLUMN store_domains TEXT NOT NULL DEFAULT '';
ALTER TABLE company ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE company ADD COLUMN audits INTEGER NOT NULL DEFAULT 0;
ALTER TABLE store ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
ALTER TABLE store ADD COLUMN closed_at INTEGER;
ALTER TABLE terminal ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE terminal ADD COLUMN profile TEXT NOT NULL DEFAULT 'pos';
ALTER TABLE terminal ADD COLUMN push_until INTEGER;
ALTER TABLE terminal ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- Who belongs to a company, with the two tags that are no roles.
CREATE TABLE membership (
    company_id TEXT NOT NULL REFERENCES company,
    user_id TEXT NOT NULL REFERENCES hub_user,
    is_owner INTEGER NOT NULL,
    is_admin INTEGER NOT NULL,
    owner_offered_at INTEGER,
    cashier_number TEXT,
    pin_hash TEXT,
    is_active INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, user_id),
    UNIQUE (company_id, cashier_number)
) STRICT;

-- Who asks to belong.
CREATE TABLE join_request (
    company_id TEXT NOT NULL REFERENCES company,
    request_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES hub_user,
    message TEXT,
    state TEXT NOT NULL,
    reason TEXT,
    decided_by TEXT,
    decided_at INTEGER,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, request_id)
) STRICT;

-- Who is asked to belong, with the roles that come with it.
CREATE TABLE invitation (
    company_id TEXT NOT NULL REFERENCES company,
    invitation_id TEXT NOT NULL,
    email TEXT NOT NULL,
    roles TEXT NOT NULL,
    state TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    accepted_by TEXT,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, invitation_id)
) STRICT;

-- Parts of a company that hold stores and other parts.
CREATE TABLE region (
    company_id TEXT NOT NULL REFERENCES company,
    region_id TEXT NOT NULL,
    parent_id TEXT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    is_deleted INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, region_id),
    UNIQUE (company_id, code),
    FOREIGN KEY (company_id, parent_id) REFERENCES region
) STRICT;

-- Which region a store lies in.
CREATE TABLE region_store (
    company_id TEXT NOT NULL,
    store_id TEXT NOT NULL,
    region_id TEXT NOT NULL,
    PRIMARY KEY (company_id, store_id),
    FOREIGN KEY (company_id, store_id) REFERENCES store,
    FOREIGN KEY (company_id, region_id) REFERENCES region
) STRICT;

-- What a person may do where: in the whole company, a region or a store, there at all terminals or at some.
CREATE TABLE role_assignment (
    company_id TEXT NOT NULL,
    assignment_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    region_id TEXT,
    store_id TEXT,
    terminals TEXT,
    granted_by TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, assignment_id),
    FOREIGN KEY (company_id, user_id) REFERENCES membership,
    FOREIGN KEY (company_id, region_id) REFERENCES region,
    FOREIGN KEY (company_id, store_id) REFERENCES store
) STRICT;

-- The wish to delete a company, until every owner agrees.
CREATE TABLE company_deletion (
    company_id TEXT NOT NULL REFERENCES company,
    deletion_id TEXT NOT NULL,
    state TEXT NOT NULL,
    started_by TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, deletion_id)
) STRICT;

-- Which owners agree.
CREATE TABLE company_deletion_approval (
    company_id TEXT NOT NULL,
    deletion_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    approved_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, deletion_id, user_id),
    FOREIGN KEY (company_id, deletion_id) REFERENCES company_deletion
) STRICT;

-- Programs of a company that call the hub.
CREATE TABLE api_key (
    company_id TEXT NOT NULL REFERENCES company,
    key_id TEXT NOT NULL,
    name TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    stores TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER,
    PRIMARY KEY (company_id, key_id)
) STRICT;

-- Every administrative act, in order; each row carries the digest of the one before.
CREATE TABLE audit (
    company_id TEXT NOT NULL REFERENCES company,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    store_id TEXT,
    detail TEXT NOT NULL,
    correlation_id TEXT,
    digest TEXT NOT NULL,
    PRIMARY KEY (company_id, number)
) STRICT;

-- What was answered to a request that may be repeated.
CREATE TABLE answer (
    company_id TEXT NOT NULL REFERENCES company,
    actor_id TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (company_id, actor_id, key)
) STRICT;

-- Messages for persons, until they are read.
CREATE TABLE user_notification (
    company_id TEXT NOT NULL REFERENCES company,
    notification_id TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES hub_user,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (company_id, notification_id)
) STRICT;

CREATE INDEX user_session_by_user ON user_session (user_id);
CREATE INDEX membership_by_user ON membership (user_id);
CREATE INDEX role_assignment_by_user ON role_assignment (company_id, user_id);
CREATE INDEX join_request_by_state ON join_request (company_id, state);
CREATE INDEX user_notification_by_user ON user_notification (company_id, user_id, read_at);

-- What happened stays as it was written.
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
CREATE TRIGGER audit_remains BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is never changed'); END;
