-- Closed periods in the order in which a report reads them: page by page from day to day, nothing sorted.
DROP INDEX closure_by_day;
CREATE INDEX closure_by_day ON closure (company_id, closed_on, closure_id, terminal_id);
