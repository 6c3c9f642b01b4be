-- What messages and signals say beside their words: until when they stand, whether somebody has to say that they saw them,
-- what they are about; and since when others know that nobody has.
ALTER TABLE notification ADD COLUMN expires_at INTEGER;
ALTER TABLE notification ADD COLUMN requires_ack INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notification ADD COLUMN missed_at INTEGER;
CREATE INDEX notification_unseen ON notification (created_at)
    WHERE requires_ack = 1 AND read_at IS NULL AND missed_at IS NULL;
ALTER TABLE signal ADD COLUMN expires_at INTEGER;
ALTER TABLE signal ADD COLUMN domains TEXT;
