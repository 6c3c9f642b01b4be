-- From which address the secret of a device came last.
ALTER TABLE device_token ADD COLUMN last_used_from text;
-- What was found in a count that nobody finished goes after a year.
GRANT DELETE ON stock_found TO saleflex_hub;
