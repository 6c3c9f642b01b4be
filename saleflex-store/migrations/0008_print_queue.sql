-- Paper on its way to the printer. It is no history: a job that is on paper is gone from here.
CREATE TABLE print_job (
    -- Never used twice, so that a later job has a higher number whatever was printed meanwhile.
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    document BLOB,
    title TEXT NOT NULL,
    -- The printout as core knows it, JSON: it may be printed on another printer than was there when it was queued.
    printout TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'printing', 'failed')),
    -- How many times printing began.
    begun INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Up to which entry of the journal everything is queued or printed. No row: nobody prints at this till.
CREATE TABLE print_cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;
