-- What is known of a person: here, in the consents, the cards and the reasons of grants, and nowhere else, so that a
-- person can be erased.
ALTER TABLE customer ADD COLUMN last_name TEXT NOT NULL DEFAULT '';
-- The telephone as one key, however it was typed.
ALTER TABLE customer ADD COLUMN phone_key TEXT;
ALTER TABLE customer ADD COLUMN email TEXT;
ALTER TABLE customer ADD COLUMN street TEXT;
ALTER TABLE customer ADD COLUMN area TEXT;
ALTER TABLE customer ADD COLUMN town TEXT;
ALTER TABLE customer ADD COLUMN zip TEXT;
ALTER TABLE customer ADD COLUMN note TEXT;
ALTER TABLE customer ADD COLUMN date_of_birth TEXT;
ALTER TABLE customer ADD COLUMN gender TEXT;
ALTER TABLE customer ADD COLUMN national_id TEXT;
ALTER TABLE customer ADD COLUMN tax_id TEXT;
ALTER TABLE customer ADD COLUMN preferences TEXT NOT NULL DEFAULT '[]';
ALTER TABLE customer ADD COLUMN registered_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN registered_local TEXT NOT NULL DEFAULT '1970-01-01T00:00:00';
ALTER TABLE customer ADD COLUMN registered_on TEXT NOT NULL DEFAULT '1970-01-01';
ALTER TABLE customer ADD COLUMN source TEXT NOT NULL DEFAULT 'pos';
ALTER TABLE customer ADD COLUMN is_walk_in INTEGER NOT NULL DEFAULT 0;
-- Live, deleted, merged or erased, as core knows it.
ALTER TABLE customer ADD COLUMN standing TEXT NOT NULL DEFAULT '"live"';
ALTER TABLE customer ADD COLUMN merged_into BLOB;
-- Names, telephone, e-mail and code without regard to case: what searching looks through, in the order of lists.
ALTER TABLE customer ADD COLUMN search TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX customer_phone ON customer (phone_key) WHERE phone_key IS NOT NULL AND standing = '"live"';
CREATE INDEX customer_search ON customer (search);
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;

-- What people agreed to and took back; what was said is never changed.
CREATE TABLE customer_consent (
    customer BLOB NOT NULL REFERENCES customer (id),
    no INTEGER NOT NULL,
    -- The statement as core knows it.
    statement TEXT NOT NULL,
    PRIMARY KEY (customer, no)
) STRICT, WITHOUT ROWID;

-- Loyalty programs, read into memory once.
CREATE TABLE loyalty_program (
    id BLOB PRIMARY KEY,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Memberships: the fold of what the journal says of each.
CREATE TABLE membership (
    customer BLOB PRIMARY KEY REFERENCES customer (id),
    program BLOB NOT NULL,
    status TEXT NOT NULL,
    tier TEXT,
    -- The sum of the ledger's rows.
    balance INTEGER NOT NULL,
    -- That, less what open documents hold.
    available INTEGER NOT NULL,
    -- The last day of the points that expire first.
    next_expiry TEXT,
    -- The membership as core knows it.
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_expiry ON membership (next_expiry) WHERE next_expiry IS NOT NULL;

-- The points ledger. A correction is a new row.
CREATE TABLE points_entry (
    no INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES event (seq),
    customer BLOB NOT NULL,
    kind TEXT NOT NULL,
    -- Why, as core knows it: customer, kind and cause are booked once.
    cause TEXT NOT NULL,
    points INTEGER NOT NULL,
    balance_after INTEGER NOT NULL,
    booked_on TEXT NOT NULL,
    -- The row as core knows it.
    entry TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX points_entry_cause ON points_entry (customer, kind, cause);
CREATE INDEX points_entry_customer ON points_entry (customer, no);
CREATE TRIGGER points_entry_is_never_changed BEFORE UPDATE ON points_entry
    BEGIN SELECT RAISE (ABORT, 'the points ledger is never changed'); END;
CREATE TRIGGER points_entry_is_never_deleted BEFORE DELETE ON points_entry
    BEGIN SELECT RAISE (ABORT, 'the points ledger is never changed'); END;

-- Points that people gave or took, and why. A reason may name somebody, so it is not frozen.
CREATE TABLE points_grant (
    id BLOB PRIMARY KEY,
    customer BLOB NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX points_grant_customer ON points_grant (customer);

-- Loyalty cards. A blocked one is kept, so that its number is recognised; an erased person's has no number.
CREATE TABLE loyalty_card (
    id BLOB PRIMARY KEY,
    number TEXT UNIQUE,
    customer BLOB NOT NULL REFERENCES customer (id),
    is_valid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX loyalty_card_customer ON loyalty_card (customer);

-- Segments, read into memory once, and who is in them. Rows are switched, never deleted.
CREATE TABLE segment (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE segment_member (
    customer BLOB NOT NULL,
    segment BLOB NOT NULL,
    is_active INTEGER NOT NULL,
    -- The row as core knows it.
    state TEXT NOT NULL,
    PRIMARY KEY (customer, segment)
) STRICT, WITHOUT ROWID;
CREATE INDEX segment_member_segment ON segment_member (segment) WHERE is_active;
