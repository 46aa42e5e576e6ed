CREATE TABLE members (
    id INTEGER PRIMARY KEY,
    tags TEXT NOT NULL,
    scores TEXT NOT NULL,
    roles TEXT NOT NULL,
    home TEXT NOT NULL,
    others TEXT NOT NULL DEFAULT '[]',
    extra TEXT NOT NULL,
    office TEXT
) STRICT;
