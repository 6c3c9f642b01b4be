-- Why the company's hub lends nothing of what this one asked it for; none where it lends, or has not said why.
ALTER TABLE borrowed_share ADD COLUMN withheld text;
