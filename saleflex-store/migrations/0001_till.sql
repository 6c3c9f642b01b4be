-- The till. Money is in minor units of the till's currency; prices, quantities, percents in ten-thousandths;
-- exchange rates in hundred-millionths; instants in microseconds since 1970 (UTC); identities are 16 bytes.

-- Which till this is: one row.
CREATE TABLE till (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store BLOB NOT NULL,
    store_code TEXT NOT NULL,
    store_name TEXT NOT NULL,
    terminal BLOB NOT NULL,
    terminal_code TEXT NOT NULL,
    currency TEXT NOT NULL,
    tax_mode TEXT NOT NULL,
    -- A backup carries this mark; opening one begins a new epoch.
    is_copy INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Lives of this file: sequences of different epochs do not continue each other.
CREATE TABLE epoch (
    no INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    first_seq INTEGER NOT NULL
) STRICT;

-- The journal: one row for each committed command, never changed. It is the crash log, the hash chain and the
-- outbox at once.
CREATE TABLE event (
    seq INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL REFERENCES epoch (no) DEFERRABLE INITIALLY DEFERRED,
    kind TEXT NOT NULL,
    entity_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    -- The period an event belongs to; of a closure, the one it closes.
    depends_on_closure INTEGER,
    payload BLOB NOT NULL,
    payload_hash BLOB NOT NULL,
    chain_hash BLOB NOT NULL,
    schema_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    offset_min INTEGER NOT NULL,
    -- The caller's identity of the command, where it gave one.
    command_id BLOB,
    -- What the open document came to with this event, to check a replay against.
    net_due INTEGER,
    paid INTEGER
) STRICT;
CREATE UNIQUE INDEX event_command ON event (command_id) WHERE command_id IS NOT NULL;
CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE (ABORT, 'an event is never changed'); END;
CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE (ABORT, 'an event is never deleted'); END;

-- Where events go: one row for each configured connector and event that travels. None in a till on its own.
CREATE TABLE connector (
    name TEXT PRIMARY KEY,
    -- How many events were ever queued for it; the last one's number.
    queued INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE delivery (
    connector TEXT NOT NULL REFERENCES connector (name),
    -- Dense: 1, 2, 3 … over the events that travel, so that a receiver sees what is missing.
    no INTEGER NOT NULL,
    seq INTEGER NOT NULL REFERENCES event (seq),
    state TEXT NOT NULL DEFAULT 'pending'
        CHECK (state IN ('pending', 'in_flight', 'sent', 'quarantined', 'discarded', 'superseded', 'archived')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER,
    leased_until INTEGER,
    last_attempt_at INTEGER,
    sent_at INTEGER,
    last_status INTEGER,
    last_error_code TEXT,
    last_error TEXT,
    result TEXT,
    flags TEXT,
    PRIMARY KEY (connector, no)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery (connector, no) WHERE state IN ('pending', 'in_flight');

-- Numbers in use, of open, suspended and finished documents alike.
CREATE TABLE number (
    closure INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (closure, receipt)
) STRICT, WITHOUT ROWID;

-- Documents that are not finished. Slot 0 is the open one; a suspended one has the place of its suspension in the
-- journal. A document is its snapshot with the later events of its root applied.
CREATE TABLE draft (
    slot INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    -- Under which entity its events stand: its own id, or that of the return it is exchanged for.
    root BLOB NOT NULL,
    -- The snapshot holds what happened up to here.
    since_seq INTEGER NOT NULL,
    snapshot BLOB,
    -- Of a suspended one: what it is found by, and what it holds.
    name TEXT,
    customer BLOB,
    lines INTEGER NOT NULL DEFAULT 0,
    net_due INTEGER NOT NULL DEFAULT 0,
    paid INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Finished documents. The whole document lies in the payload of its event.
CREATE TABLE document (
    no INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    seq INTEGER NOT NULL REFERENCES event (seq),
    number_date TEXT NOT NULL,
    number_closure INTEGER NOT NULL,
    number_receipt INTEGER NOT NULL,
    document_type TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('completed', 'cancelled')),
    is_training INTEGER NOT NULL,
    customer BLOB,
    original BLOB,
    -- The period it counts in.
    closure INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    finished_local TEXT NOT NULL,
    business_date TEXT NOT NULL,
    finished_by BLOB NOT NULL,
    total INTEGER NOT NULL,
    discount INTEGER NOT NULL,
    surcharge INTEGER NOT NULL,
    tax INTEGER NOT NULL,
    net_due INTEGER NOT NULL,
    rounding INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    change_given INTEGER NOT NULL,
    tip INTEGER NOT NULL
) STRICT;
CREATE INDEX document_original ON document (original) WHERE original IS NOT NULL;
CREATE INDEX document_customer ON document (customer, no) WHERE customer IS NOT NULL;
CREATE TRIGGER document_is_never_changed BEFORE UPDATE ON document
    BEGIN SELECT RAISE (ABORT, 'a finished document is never changed'); END;
CREATE TRIGGER document_is_never_deleted BEFORE DELETE ON document
    BEGIN SELECT RAISE (ABORT, 'a finished document is never deleted'); END;

-- Periods. The one without a seq is open; a closed one's record lies in the payload of its event.
CREATE TABLE closure (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    -- The period as core knows it.
    period TEXT NOT NULL,
    first_receipt INTEGER NOT NULL,
    -- Its documents are those behind this one, up to the last.
    after_document INTEGER NOT NULL,
    last_document INTEGER,
    seq INTEGER REFERENCES event (seq)
) STRICT;
CREATE UNIQUE INDEX closure_open ON closure (seq IS NULL) WHERE seq IS NULL;
CREATE TRIGGER closure_is_never_changed BEFORE UPDATE ON closure WHEN OLD.seq IS NOT NULL
    BEGIN SELECT RAISE (ABORT, 'a closure is never changed'); END;
CREATE TRIGGER closure_is_never_deleted BEFORE DELETE ON closure
    BEGIN SELECT RAISE (ABORT, 'a closure is never deleted'); END;

-- What is on the shelf, of products whose stock is kept.
CREATE TABLE stock (
    product BLOB PRIMARY KEY,
    on_hand INTEGER NOT NULL,
    promised INTEGER NOT NULL DEFAULT 0,
    last_movement INTEGER
) STRICT, WITHOUT ROWID;
-- Each movement names the one before of its product: its history is read backwards without an index.
CREATE TABLE stock_movement (
    no INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES event (seq),
    product BLOB NOT NULL,
    kind TEXT NOT NULL,
    change INTEGER NOT NULL,
    after INTEGER NOT NULL,
    previous INTEGER
) STRICT;

-- Reference data, read into memory once.
CREATE TABLE tax_rate (
    no INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    percent INTEGER NOT NULL,
    jurisdiction TEXT
) STRICT;
CREATE TABLE department (
    no INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    main INTEGER,
    taxes TEXT NOT NULL,
    max_price INTEGER
) STRICT;
CREATE TABLE unit (
    no INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    decimals INTEGER NOT NULL
) STRICT;
CREATE TABLE mask (
    no INTEGER PRIMARY KEY,
    definition TEXT NOT NULL
) STRICT;
CREATE TABLE product (
    no INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    short_name TEXT,
    price INTEGER NOT NULL,
    price_rule TEXT NOT NULL,
    cost_price INTEGER,
    department INTEGER NOT NULL,
    taxes TEXT,
    unit TEXT NOT NULL,
    allows_discount INTEGER NOT NULL,
    allows_return INTEGER NOT NULL,
    allows_negative_stock INTEGER NOT NULL,
    minimum_age INTEGER,
    return_days INTEGER,
    sellable_from TEXT,
    sellable_until TEXT,
    is_active INTEGER NOT NULL
) STRICT;
CREATE TABLE barcode (
    no INTEGER PRIMARY KEY,
    barcode TEXT NOT NULL UNIQUE,
    product BLOB NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    price INTEGER,
    pack_quantity INTEGER NOT NULL
) STRICT;
CREATE INDEX barcode_product ON barcode (product);
CREATE TABLE exchange_rate (
    currency TEXT PRIMARY KEY,
    rate INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- People.
CREATE TABLE cashier (
    id BLOB PRIMARY KEY,
    -- The user name as it is compared: in lower case.
    user_key TEXT NOT NULL UNIQUE,
    user_name TEXT NOT NULL,
    name TEXT NOT NULL,
    -- argon2id, as a PHC string.
    secret TEXT NOT NULL,
    capabilities TEXT NOT NULL,
    is_active INTEGER NOT NULL DEFAULT 1,
    must_change_secret INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
-- Failed attempts in a row, by what was typed as user name, known or not.
CREATE TABLE failed_log_in (
    user_key TEXT PRIMARY KEY,
    attempts INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE customer (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    phone TEXT,
    account_limit INTEGER,
    account_balance INTEGER NOT NULL DEFAULT 0,
    -- Points to redeem; none of a customer who is no member.
    points INTEGER,
    revision INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
