-- The life of a file stands before its till: of the other order a database that knows nothing yet of its tables believes that it
-- finds one entry as soon as the key does, and goes past everything that the till ever sent.
DROP INDEX ledger_by_seq;
CREATE INDEX ledger_by_seq ON ledger (company_id, epoch, seq, terminal_id);
