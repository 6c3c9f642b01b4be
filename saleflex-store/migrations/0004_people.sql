-- Where the entries of some topics are found: who owns them, and in which order they came. The entries themselves
-- lie in the journal.
CREATE TABLE entry_index (
    topic TEXT NOT NULL,
    -- A period's number, a business date, an identity, a code: whatever entries of the topic are asked by.
    owner TEXT NOT NULL,
    -- Dense from 1 for each owner.
    no INTEGER NOT NULL,
    seq INTEGER NOT NULL REFERENCES event (seq),
    PRIMARY KEY (topic, owner, no)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER entry_index_is_never_changed BEFORE UPDATE ON entry_index
    BEGIN SELECT RAISE (ABORT, 'the index of the journal is never changed'); END;
CREATE TRIGGER entry_index_is_never_deleted BEFORE DELETE ON entry_index
    BEGIN SELECT RAISE (ABORT, 'the index of the journal is never changed'); END;

-- The audit trail: every sensitive act. It is computed from the journal.
CREATE TABLE audit (
    no INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES event (seq),
    at INTEGER NOT NULL,
    document BLOB,
    -- The record as core knows it.
    record TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_document ON audit (document, no) WHERE document IS NOT NULL;
CREATE TRIGGER audit_is_never_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE (ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE (ABORT, 'the audit trail is never changed'); END;
