-- Books that were put back to a backup know nothing of what was lent and sold since. Who may hold some of it is awaited: since
-- when, and to do what next. `state`: to compare what it had sent; `queue`: to send what is lacking; `shares`: to say what it holds.
ALTER TABLE terminal ADD COLUMN awaited_since INTEGER;
ALTER TABLE terminal ADD COLUMN awaited_for TEXT CHECK (awaited_for IN ('state', 'queue', 'shares'));
CREATE INDEX terminal_awaited ON terminal (company_id) WHERE awaited_since IS NOT NULL;

-- When somebody gave up an event that the company's hub would not take: it stays set aside, and nobody looks for it.
ALTER TABLE relay ADD COLUMN written_off_at INTEGER;

-- What an older terminal told of a document's points: in the document, and in rows beside it together.
ALTER TABLE point_hold ADD COLUMN earned_said INTEGER;
ALTER TABLE point_hold ADD COLUMN earned_rows INTEGER;
ALTER TABLE point_hold ADD COLUMN redeemed_said INTEGER;
ALTER TABLE point_hold ADD COLUMN redeemed_rows INTEGER;

-- How many events a terminal had set aside for a person when it delivered last.
ALTER TABLE terminal ADD COLUMN set_aside INTEGER;
