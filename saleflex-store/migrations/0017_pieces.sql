-- Pieces are looked for by their number alone, and what moved one is found without reading what moved the others. The
-- step fills the table from the journal.
CREATE INDEX stock_serial_by_serial ON stock_serial (serial);
CREATE TABLE stock_serial_movement (
    serial TEXT NOT NULL,
    movement INTEGER NOT NULL REFERENCES stock_movement (no),
    PRIMARY KEY (serial, movement)
) STRICT, WITHOUT ROWID;

-- How many units a supplier packs together.
ALTER TABLE stock_limits ADD COLUMN pack INTEGER NOT NULL DEFAULT 0;
