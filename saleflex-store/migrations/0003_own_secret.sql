-- Whether a cashier chose the secret, so that nobody shows the one it began with.
ALTER TABLE cashier ADD COLUMN has_own_secret INTEGER NOT NULL DEFAULT 0;
