-- Makers of products.
CREATE TABLE brand (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    manufacturer TEXT
) STRICT, WITHOUT ROWID;

-- What products are beyond what a line needs: maker, tags, attributes, variant, as core knows it.
CREATE TABLE product_details (
    product BLOB PRIMARY KEY REFERENCES product (id) ON DELETE CASCADE,
    definition TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Other prices of some products. The prices lie by themselves, so that one can be asked for.
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

-- What prices were and became, by whom and when: the journal's entry says that.
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
