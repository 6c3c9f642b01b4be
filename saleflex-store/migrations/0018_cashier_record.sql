-- What else is known of a cashier, and since when: moments as JSON.
ALTER TABLE cashier ADD COLUMN identity_number TEXT;
ALTER TABLE cashier ADD COLUMN description TEXT;
ALTER TABLE cashier ADD COLUMN created_at TEXT;
ALTER TABLE cashier ADD COLUMN last_log_in TEXT;
