-- What a till took with it and never reported, given up by a person or by time. Units that are written off are lent to
-- others; the till that comes back all the same gives them back first.
ALTER TABLE quota_share ADD COLUMN written_off bigint NOT NULL DEFAULT 0;

-- When a forwarded event was taken: it is kept for a while, because the company's hub may come back from a backup.
ALTER TABLE relay ADD COLUMN settled_at bigint;
-- What was taken before this was written down counts from now on.
UPDATE relay SET settled_at = (extract(epoch FROM now()) * 1000)::bigint WHERE state = 'sent';
-- The last change whose trace was swept up: whoever is further behind does not learn of it and starts anew.
ALTER TABLE company ADD COLUMN forgotten bigint NOT NULL DEFAULT 0;

-- Digests of what a person gets who forgot their password; good once, for an hour.
CREATE TABLE password_reset (
    digest text NOT NULL,
    user_id uuid NOT NULL REFERENCES hub_user,
    expires_at bigint NOT NULL,
    used_at bigint,
    PRIMARY KEY (digest)
);
CREATE INDEX password_reset_by_user ON password_reset (user_id);
