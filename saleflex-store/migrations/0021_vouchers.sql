-- Vouchers that the till gave out for the rest of others, by what their numbers come to: what each was worth, and what is
-- left on it. Their numbers stand on the receipts.
CREATE TABLE voucher (
    card BLOB PRIMARY KEY,
    amount INTEGER NOT NULL CHECK (amount > 0),
    balance INTEGER NOT NULL CHECK (balance >= 0)
) STRICT, WITHOUT ROWID;
