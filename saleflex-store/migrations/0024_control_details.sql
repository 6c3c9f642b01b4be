-- What a control asks before it runs its event, what it lists, and how it looks.
ALTER TABLE form_control ADD COLUMN confirm INTEGER NOT NULL DEFAULT 0;
-- A JSON array.
ALTER TABLE form_control ADD COLUMN list_values TEXT NOT NULL DEFAULT '[]';
ALTER TABLE form_control ADD COLUMN image TEXT;
ALTER TABLE form_control ADD COLUMN tool_tip TEXT;
ALTER TABLE form_control ADD COLUMN text_alignment TEXT;
ALTER TABLE form_control ADD COLUMN fore_color TEXT;
ALTER TABLE form_control ADD COLUMN back_color TEXT;
