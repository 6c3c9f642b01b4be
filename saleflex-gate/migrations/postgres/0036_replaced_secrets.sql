-- Whose place the secret of a device took, by that one's digest, where the device asked for it itself.
ALTER TABLE device_token ADD COLUMN replaces text;
