-- What tax rates become from a business date on; before it, a rate is what stands in tax_rate.
CREATE TABLE tax_change (
    no INTEGER NOT NULL,
    valid_from TEXT NOT NULL,
    name TEXT NOT NULL,
    percent INTEGER NOT NULL,
    PRIMARY KEY (no, valid_from)
) STRICT, WITHOUT ROWID;
