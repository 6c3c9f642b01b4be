-- Whether what the till has is what a row said when it was taken over last: what a hub never gave it takes away from nobody.
ALTER TABLE inbox ADD COLUMN was_taken INTEGER NOT NULL DEFAULT 0;
UPDATE inbox SET was_taken = is_taken AND NOT is_deleted;
