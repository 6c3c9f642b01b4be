-- Where the numbers of a life begin, and the order in which the hub heard of the lives of a till's file.
ALTER TABLE feed ADD COLUMN epoch_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN life INTEGER NOT NULL DEFAULT 1;
