-- What whoever keeps a member's points elsewhere said of them last, followed by what was booked here since.
CREATE TABLE points_elsewhere (
    customer BLOB PRIMARY KEY,
    -- None where nobody is known there.
    balance INTEGER,
    available INTEGER,
    -- The end of the journal when it was heard.
    heard INTEGER NOT NULL
) STRICT;

-- Documents for which that one holds points.
CREATE TABLE points_leave (
    document BLOB PRIMARY KEY,
    customer BLOB NOT NULL,
    points INTEGER NOT NULL
) STRICT;
CREATE INDEX points_leave_customer ON points_leave (customer);

-- Completed documents of which that one, where it is no hub, has not been told yet.
CREATE TABLE points_untold (
    document BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    -- Why it would not hear of one; such a one is not told again.
    refused TEXT
) STRICT;
