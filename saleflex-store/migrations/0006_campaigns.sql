-- Campaigns in force and out of force, read into memory once.
CREATE TABLE campaign (
    id BLOB PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- The definition as core knows it.
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How often campaigns were used and what they gave, sales that came back whole not counted.
CREATE TABLE campaign_count (
    -- Empty: in all. A business date: on that day. An identity: by that customer.
    owner TEXT NOT NULL,
    campaign BLOB NOT NULL,
    uses INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (owner, campaign)
) STRICT, WITHOUT ROWID;
-- Sales that came back whole, so that each gives back what it used once.
CREATE TABLE usage_reversal (
    document BLOB PRIMARY KEY,
    seq INTEGER NOT NULL REFERENCES event (seq)
) STRICT, WITHOUT ROWID;

-- Coupons, asked for by what is typed or scanned.
CREATE TABLE coupon (
    id BLOB PRIMARY KEY,
    campaign BLOB NOT NULL,
    -- The coupon as core knows it.
    definition TEXT NOT NULL,
    uses INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX coupon_campaign ON coupon (campaign, id);
-- Each text a coupon answers to: its code, barcode, QR text, in capitals.
CREATE TABLE coupon_text (
    text TEXT PRIMARY KEY,
    coupon BLOB NOT NULL REFERENCES coupon (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX coupon_text_coupon ON coupon_text (coupon);
