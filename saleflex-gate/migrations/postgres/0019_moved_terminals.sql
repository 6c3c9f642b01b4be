-- Which terminal a device had before it was moved to another store: what it delivered under that one is not taken again.
ALTER TABLE terminal ADD COLUMN moved_from uuid;
