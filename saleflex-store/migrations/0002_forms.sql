-- Screens as data. What was delivered with the program and what a shop changed are told apart by `delivered`: the
-- digest of the definition as it was delivered; none of a form that the shop made itself.
CREATE TABLE form (
    form_no INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    caption TEXT,
    need_login INTEGER NOT NULL DEFAULT 1,
    required_capability TEXT,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    -- Events that the palette offers besides buttons and keys: a JSON array.
    functions TEXT NOT NULL DEFAULT '[]',
    delivered TEXT
) STRICT;
-- Rectangles in cells are JSON arrays [x, y, w, h].
CREATE TABLE form_control (
    form_no INTEGER NOT NULL REFERENCES form (form_no) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- In which order controls are drawn and focused.
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    function1 TEXT,
    caption1 TEXT,
    arg1 TEXT,
    function2 TEXT,
    caption2 TEXT,
    arg2 TEXT,
    target_form TEXT,
    form_transition_mode TEXT,
    hotkey TEXT,
    parent_name TEXT,
    tab_index INTEGER NOT NULL DEFAULT 0,
    location_x INTEGER,
    location_y INTEGER,
    width INTEGER,
    height INTEGER,
    cell TEXT,
    compact TEXT,
    wide TEXT,
    required_capability TEXT,
    is_visible INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (form_no, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE form_control_tab (
    form_no INTEGER NOT NULL,
    control TEXT NOT NULL,
    tab_index INTEGER NOT NULL,
    tab_title TEXT NOT NULL,
    PRIMARY KEY (form_no, control, tab_index),
    FOREIGN KEY (form_no, control) REFERENCES form_control (form_no, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
