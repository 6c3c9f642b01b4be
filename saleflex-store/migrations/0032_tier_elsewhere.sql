-- The tier that whoever keeps a member's points elsewhere said last; none where it says none.
ALTER TABLE points_elsewhere ADD COLUMN tier TEXT;
