-- Written by `UPDATE_EXPECTED=1 cargo test`: what the numbered files lead to.
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
, least_period INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE epoch (
    no INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    first_seq INTEGER NOT NULL
) STRICT;
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
CREATE TABLE number (
    closure INTEGER NOT NULL,
    receipt INTEGER NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (closure, receipt)
) STRICT, WITHOUT ROWID;
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
, measure TEXT) STRICT;
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
, has_own_secret INTEGER NOT NULL DEFAULT 0, identity_number TEXT, description TEXT, created_at TEXT, last_log_in TEXT, badge TEXT) STRICT, WITHOUT ROWID;
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
, last_name TEXT NOT NULL DEFAULT '', phone_key TEXT, email TEXT, street TEXT, area TEXT, town TEXT, zip TEXT, note TEXT, date_of_birth TEXT, gender TEXT, national_id TEXT, tax_id TEXT, preferences TEXT NOT NULL DEFAULT '[]', registered_at INTEGER NOT NULL DEFAULT 0, registered_local TEXT NOT NULL DEFAULT '1970-01-01T00:00:00', registered_on TEXT NOT NULL DEFAULT '1970-01-01', source TEXT NOT NULL DEFAULT 'pos', is_walk_in INTEGER NOT NULL DEFAULT 0, standing TEXT NOT NULL DEFAULT '"live"', merged_into BLOB, search TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE form (
    form_no INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    caption TEXT,
    need_login INTEGER NOT NULL DEFAULT 1,
    required_capability TEXT,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    -- Events that the palette offers besides buttons and keys: a JSON array.
    functions TEXT NOT NULL DEFAULT '[]',
    delivered TEXT
, min_cols INTEGER, min_rows INTEGER, display_mode TEXT) STRICT;
CREATE TABLE form_control (
    form_no INTEGER NOT NULL REFERENCES form (form_no) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- In which order controls are drawn and focused.
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    function1 TEXT,
    caption1 TEXT,
    arg1 TEXT,
    function2 TEXT,
    caption2 TEXT,
    arg2 TEXT,
    target_form TEXT,
    form_transition_mode TEXT,
    hotkey TEXT,
    parent_name TEXT,
    tab_index INTEGER NOT NULL DEFAULT 0,
    location_x INTEGER,
    location_y INTEGER,
    width INTEGER,
    height INTEGER,
    cell TEXT,
    compact TEXT,
    wide TEXT,
    required_capability TEXT,
    is_visible INTEGER NOT NULL DEFAULT 1, confirm INTEGER NOT NULL DEFAULT 0, list_values TEXT NOT NULL DEFAULT '[]', image TEXT, tool_tip TEXT, text_alignment TEXT, fore_color TEXT, back_color TEXT, character_casing TEXT, input_type TEXT,
    PRIMARY KEY (form_no, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE form_control_tab (
    form_no INTEGER NOT NULL,
    control TEXT NOT NULL,
    tab_index INTEGER NOT NULL,
    tab_title TEXT NOT NULL,
    PRIMARY KEY (form_no, control, tab_index),
    FOREIGN KEY (form_no, control) REFERENCES form_control (form_no, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
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
CREATE UNIQUE INDEX customer_phone ON customer (phone_key) WHERE phone_key IS NOT NULL AND standing = '"live"';
CREATE INDEX customer_search ON customer (search);
CREATE INDEX customer_merged ON customer (merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE customer_consent (
    customer BLOB NOT NULL REFERENCES customer (id),
    no INTEGER NOT NULL,
    -- The statement as core knows it.
    statement TEXT NOT NULL,
    PRIMARY KEY (customer, no)
) STRICT, WITHOUT ROWID;
CREATE TABLE loyalty_program (
    id BLOB PRIMARY KEY,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE points_grant (
    id BLOB PRIMARY KEY,
    customer BLOB NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX points_grant_customer ON points_grant (customer);
CREATE TABLE loyalty_card (
    id BLOB PRIMARY KEY,
    number TEXT UNIQUE,
    customer BLOB NOT NULL REFERENCES customer (id),
    is_valid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX loyalty_card_customer ON loyalty_card (customer);
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
CREATE TABLE campaign (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- The definition as core knows it.
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE campaign_count (
    -- Empty: in all. A business date: on that day. An identity: by that customer.
    owner TEXT NOT NULL,
    campaign BLOB NOT NULL,
    uses INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (owner, campaign)
) STRICT, WITHOUT ROWID;
CREATE TABLE usage_reversal (
    document BLOB PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES event (seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE coupon (
    id BLOB PRIMARY KEY,
    campaign BLOB NOT NULL,
    -- The coupon as core knows it.
    definition TEXT NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX coupon_campaign ON coupon (campaign, id);
CREATE TABLE coupon_text (
    text TEXT PRIMARY KEY,
    coupon BLOB NOT NULL REFERENCES coupon (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX coupon_text_coupon ON coupon_text (coupon);
CREATE INDEX delivery_aside ON delivery (connector, no) WHERE state IN ('quarantined', 'discarded');
CREATE TABLE pull (
    connector TEXT PRIMARY KEY REFERENCES connector (name),
    cursor TEXT,
    -- Snapshots are counted, so that a row which the last one did not hold is known to be gone.
    snapshots INTEGER NOT NULL DEFAULT 0,
    is_snapshot INTEGER NOT NULL DEFAULT 1,
    pulled_at INTEGER
, authority TEXT NOT NULL DEFAULT '{}') STRICT, WITHOUT ROWID;
CREATE TABLE inbox (
    connector TEXT NOT NULL REFERENCES connector (name),
    resource TEXT NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    is_deleted INTEGER NOT NULL,
    fields TEXT NOT NULL,
    seen_in INTEGER NOT NULL,
    is_taken INTEGER NOT NULL DEFAULT 0,
    -- Why it could not be taken over.
    held_for TEXT, was_taken INTEGER NOT NULL DEFAULT 0, taken_as TEXT,
    PRIMARY KEY (connector, resource, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_new ON inbox (connector) WHERE is_taken = 0;
CREATE TABLE notification (
    id BLOB PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    requires_ack INTEGER NOT NULL,
    read_at INTEGER,
    -- Whether the hub knows that it was read.
    is_reported INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX notification_open ON notification (id) WHERE read_at IS NULL OR is_reported = 0;
CREATE TABLE print_job (
    -- Never used twice, so that a later job has a higher number whatever was printed meanwhile.
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    document BLOB,
    title TEXT NOT NULL,
    -- The printout as core knows it, JSON: it may be printed on another printer than was there when it was queued.
    printout TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'printing', 'failed')),
    -- How many times printing began.
    begun INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE print_cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;
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
    is_opening INTEGER NOT NULL DEFAULT 0, opening_cost INTEGER,
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
CREATE TABLE stock_serial (
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    serial TEXT NOT NULL,
    location BLOB NOT NULL,
    times INTEGER NOT NULL,
    PRIMARY KEY (product, variant, serial, location)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE stock_posting (
    seq INTEGER PRIMARY KEY REFERENCES event (seq),
    id BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    counter INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX stock_posting_number ON stock_posting (kind, counter);
CREATE TABLE stock_cost (
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    as_of INTEGER NOT NULL,
    -- As core knows it.
    valuation TEXT NOT NULL,
    PRIMARY KEY (product, variant)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_limits (
    product BLOB NOT NULL,
    variant BLOB NOT NULL,
    location BLOB NOT NULL,
    minimum INTEGER NOT NULL,
    maximum INTEGER NOT NULL,
    reorder_point INTEGER NOT NULL,
    reorder_quantity INTEGER NOT NULL, pack INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (product, variant, location)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock_tracking (
    product BLOB PRIMARY KEY,
    tracking TEXT NOT NULL
) STRICT, WITHOUT ROWID;
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
    expected INTEGER NOT NULL, adjusted INTEGER,
    PRIMARY KEY (count, product, variant, location, cashier)
) STRICT, WITHOUT ROWID;
CREATE TABLE brand (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    manufacturer TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE product_details (
    product BLOB PRIMARY KEY REFERENCES product (id) ON DELETE CASCADE,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price_list (
    code TEXT PRIMARY KEY,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE list_price (
    list TEXT NOT NULL REFERENCES price_list (code) ON DELETE CASCADE,
    product BLOB NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    price INTEGER NOT NULL,
    PRIMARY KEY (list, product)
) STRICT, WITHOUT ROWID;
CREATE INDEX list_price_product ON list_price (product);
CREATE TABLE price_change (
    no INTEGER PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES event (seq),
    product BLOB NOT NULL,
    -- The list it stands on; none: the product's own price.
    list TEXT,
    was INTEGER,
    became INTEGER
) STRICT;
CREATE INDEX price_change_product ON price_change (product, no);
CREATE TRIGGER price_change_is_never_changed BEFORE UPDATE ON price_change
    BEGIN SELECT RAISE (ABORT, 'a price change is never changed'); END;
CREATE TRIGGER price_change_is_never_deleted BEFORE DELETE ON price_change
    BEGIN SELECT RAISE (ABORT, 'a price change is never deleted'); END;
CREATE INDEX inbox_waiting ON inbox (connector, resource, held_for IS NOT NULL, version) WHERE is_taken = 0;
CREATE TABLE quota_terms (
    connector TEXT PRIMARY KEY REFERENCES connector (name),
    policy TEXT NOT NULL,
    heard_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE quota (
    kind TEXT NOT NULL,
    -- Whose uses are counted; empty where everybody's are.
    owner BLOB NOT NULL,
    -- The campaign or coupon.
    subject BLOB NOT NULL,
    connector TEXT NOT NULL REFERENCES connector (name),
    -- The last event that was queued for the hub when counting began.
    since INTEGER NOT NULL,
    granted INTEGER NOT NULL DEFAULT 0,
    returned INTEGER NOT NULL DEFAULT 0,
    used INTEGER NOT NULL DEFAULT 0,
    -- What was left when the hub answered last: it hears of the share when half of it is gone.
    left_then INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER,
    is_wanted INTEGER NOT NULL DEFAULT 1,
    -- Whether the hub has heard of it as it is.
    is_told INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, owner, subject, connector)
) STRICT, WITHOUT ROWID;
CREATE INDEX quota_untold ON quota (connector) WHERE is_told = 0;
CREATE INDEX price_change_entry ON price_change (seq);
CREATE TABLE tax_change (
    no INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    name TEXT NOT NULL,
    percent INTEGER NOT NULL,
    PRIMARY KEY (no, valid_from)
) STRICT, WITHOUT ROWID;
CREATE INDEX stock_serial_by_serial ON stock_serial (serial);
CREATE TABLE stock_serial_movement (
    serial TEXT NOT NULL,
    movement INTEGER NOT NULL REFERENCES stock_movement (no),
    PRIMARY KEY (serial, movement)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_flagged ON delivery (connector, no) WHERE flags <> '[]';
CREATE UNIQUE INDEX cashier_badge ON cashier (badge COLLATE NOCASE) WHERE badge IS NOT NULL;
CREATE TABLE voucher (
    card BLOB PRIMARY KEY,
    amount INTEGER NOT NULL CHECK (amount > 0),
    balance INTEGER NOT NULL CHECK (balance >= 0)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE (ABORT, 'the audit trail is never changed'); END;
CREATE TABLE points_elsewhere (
    customer BLOB PRIMARY KEY,
    -- None where nobody is known there.
    balance INTEGER,
    available INTEGER,
    -- The end of the journal when it was heard.
    heard INTEGER NOT NULL
, tier TEXT) STRICT;
CREATE TABLE points_leave (
    document BLOB PRIMARY KEY,
    customer BLOB NOT NULL,
    points INTEGER NOT NULL
) STRICT;
CREATE INDEX points_leave_customer ON points_leave (customer);
CREATE TABLE points_untold (
    document BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    -- Why it would not hear of one; such a one is not told again.
    refused TEXT
) STRICT;
CREATE INDEX inbox_old_barcode ON inbox (resource)
    WHERE resource = 'product_barcodes' AND json_extract(fields, '$.old_barcode') <> '';
