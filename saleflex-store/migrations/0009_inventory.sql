-- Stock by place: an item (a product, or one variant of it; x'' for none) at a location. Quantities are in
-- ten-thousandths of the item's stock unit.

-- Where goods lie, read into memory once.
CREATE TABLE warehouse (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- The warehouse as core knows it.
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE location (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- The location as core knows it.
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What there is: the fold of the movements, from what the till was made with. A row once, however much of it moves.
CREATE TABLE stock_level (
    product BLOB NOT NULL,
    variant BLOB NOT NULL DEFAULT x'',
    location BLOB NOT NULL,
    on_hand INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    damaged INTEGER NOT NULL DEFAULT 0,
    received INTEGER NOT NULL DEFAULT 0,
    sold INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    issued INTEGER NOT NULL DEFAULT 0,
    adjusted INTEGER NOT NULL DEFAULT 0,
    last_movement INTEGER,
    -- The till was made with it: no movement began it.
    is_opening INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (product, variant, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_batch (
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    location BLOB NOT NULL,
    batch TEXT NOT NULL,
    on_hand INTEGER NOT NULL,
    damaged INTEGER NOT NULL,
    produced TEXT,
    expiry TEXT,
    PRIMARY KEY (product, variant, location, batch)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_batch_expiry ON stock_batch (expiry) WHERE expiry IS NOT NULL;
-- How often a piece came more often than it went.
CREATE TABLE stock_serial (
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    serial TEXT NOT NULL,
    location BLOB NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (product, variant, serial, location)
) STRICT, WITHOUT ROWID;

-- What moved. Each movement names the one before at its place, so that its history is read backwards without an index.
ALTER TABLE stock_movement RENAME TO old_movement;
CREATE TABLE stock_movement (
    no INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES event (seq),
    -- Its place among the movements of its event, from 1: event and line are moved once.
    line INTEGER NOT NULL,
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    location BLOB NOT NULL,
    kind TEXT NOT NULL,
    change INTEGER NOT NULL,
    -- The figure it changed, afterwards.
    after INTEGER NOT NULL,
    previous INTEGER,
    batch TEXT,
    unit_cost INTEGER
) STRICT;
CREATE TRIGGER stock_movement_is_never_changed BEFORE UPDATE ON stock_movement
    BEGIN SELECT RAISE (ABORT, 'a stock movement is never changed'); END;
CREATE TRIGGER stock_movement_is_never_deleted BEFORE DELETE ON stock_movement
    BEGIN SELECT RAISE (ABORT, 'a stock movement is never deleted'); END;

-- What people moved by hand: the posting lies in the payload of its event.
CREATE TABLE stock_posting (
    seq INTEGER PRIMARY KEY REFERENCES event (seq),
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    counter INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX stock_posting_number ON stock_posting (kind, counter);

-- What an item is worth: the fold of its movements up to one of them; later ones are added when it is asked for.
CREATE TABLE stock_cost (
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    as_of INTEGER NOT NULL,
    -- As core knows it.
    valuation TEXT NOT NULL,
    PRIMARY KEY (product, variant)
) STRICT, WITHOUT ROWID;

-- What people say about items.
CREATE TABLE stock_limits (
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    location BLOB NOT NULL,
    minimum INTEGER NOT NULL,
    maximum INTEGER NOT NULL,
    reorder_point INTEGER NOT NULL,
    reorder_quantity INTEGER NOT NULL,
    PRIMARY KEY (product, variant, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_tracking (
    product BLOB PRIMARY KEY,
    tracking TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Goods on their way, suppliers, orders and counts, as core knows them.
CREATE TABLE stock_transfer (
    id BLOB PRIMARY KEY,
    -- The posting that sent it, by its number.
    counter INTEGER NOT NULL,
    is_done INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_transfer_open ON stock_transfer (counter) WHERE NOT is_done;
CREATE TABLE supplier (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE purchase_order (
    id BLOB PRIMARY KEY,
    no INTEGER NOT NULL UNIQUE,
    state TEXT NOT NULL,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX purchase_order_open ON purchase_order (no) WHERE state = 'open';
CREATE TABLE stock_count (
    id BLOB PRIMARY KEY,
    no INTEGER NOT NULL UNIQUE,
    state TEXT NOT NULL,
    -- The count as it was opened.
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_count_finding (
    count BLOB NOT NULL REFERENCES stock_count (id),
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    location BLOB NOT NULL,
    cashier BLOB NOT NULL,
    counted INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    PRIMARY KEY (count, product, variant, location, cashier)
) STRICT, WITHOUT ROWID;
