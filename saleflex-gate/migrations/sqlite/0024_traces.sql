-- From which address the secret of a device came last.
ALTER TABLE device_token ADD COLUMN last_used_from TEXT;
