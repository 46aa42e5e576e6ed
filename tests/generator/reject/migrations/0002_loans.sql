CREATE TABLE loans (
    book_id  INTEGER NOT NULL REFERENCES books (id),
    reader   TEXT NOT NULL,
    returned TEXT
) STRICT;

CREATE VIEW book_titles AS SELECT id, title FROM books;
