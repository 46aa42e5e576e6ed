CREATE TABLE authors (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL,
    born  INTEGER,
    site  TEXT
) STRICT;

CREATE TABLE books (
    id        INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES authors (id),
    title     TEXT NOT NULL,
    price     REAL NOT NULL,
    subtitle  TEXT
) STRICT;
