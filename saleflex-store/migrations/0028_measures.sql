-- What a unit of the shop's own measures, and how much of the base of its kind it is; none where its code says it.
ALTER TABLE unit ADD COLUMN measure TEXT;
