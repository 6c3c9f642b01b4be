-- Here entries of gift cards go with the books of their company already.
SELECT 1;
