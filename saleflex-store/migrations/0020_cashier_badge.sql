-- A badge chooses its cashier at log-in: one badge, one cashier, however its letters are written.
ALTER TABLE cashier ADD COLUMN badge TEXT;
CREATE UNIQUE INDEX cashier_badge ON cashier (badge COLLATE NOCASE) WHERE badge IS NOT NULL;
