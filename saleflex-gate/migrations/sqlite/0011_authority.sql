-- Who decides in which domain of a company: a JSON object. A domain that it does not name is the company's hub's.
ALTER TABLE company ADD COLUMN authority TEXT NOT NULL DEFAULT '{}';
-- Closed periods are added up by the days they are booked under.
CREATE INDEX closure_by_day ON closure (company_id, closed_on);
