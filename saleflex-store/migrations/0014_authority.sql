-- Who decides in which domain, as the hub said last: a JSON object.
ALTER TABLE pull ADD COLUMN authority TEXT NOT NULL DEFAULT '{}';
