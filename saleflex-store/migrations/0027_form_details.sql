-- On which terminals a screen is drawn, and how a field takes what is typed.
ALTER TABLE form ADD COLUMN min_cols INTEGER;
ALTER TABLE form ADD COLUMN min_rows INTEGER;
ALTER TABLE form ADD COLUMN display_mode TEXT;
ALTER TABLE form_control ADD COLUMN character_casing TEXT;
ALTER TABLE form_control ADD COLUMN input_type TEXT;
