-- What one unit of the stock that the till was made with cost; none where nobody knew, as in every file of before.
ALTER TABLE stock_level ADD COLUMN opening_cost INTEGER;
