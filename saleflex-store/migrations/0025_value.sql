-- What stock is worth is kept as an amount from now on, which the step works out from the movements. A finding of a count
-- knows how much had been put right at its place by then; none where an older program noted it.
ALTER TABLE stock_count_finding ADD COLUMN adjusted INTEGER;
