-- What one unit of the stock that the till was made with cost; none where nobody knew, as in every file of before. What
-- stock is worth is worked out anew: what comes back costs what it left at, where what came first goes first.
ALTER TABLE stock_level ADD COLUMN opening_cost INTEGER;
