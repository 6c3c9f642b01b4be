-- Where the numbers of a life begin, and the order in which the hub heard of the lives of a till's file.
ALTER TABLE feed ADD COLUMN epoch_after bigint NOT NULL DEFAULT 0;
ALTER TABLE feed ADD COLUMN life bigint NOT NULL DEFAULT 1;
