CREATE TYPE genre AS ENUM ('novel', 'poetry', 'essay');
CREATE DOMAIN isbn AS text NOT NULL CHECK (VALUE ~ '^[0-9-]+$');
CREATE DOMAIN nick AS varchar(20);

CREATE TABLE authors (
    id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name    text NOT NULL,
    born    date,
    nick    nick,
    profile jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE books (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id integer NOT NULL REFERENCES authors,
    title     text NOT NULL,
    isbn      isbn,
    genre     genre NOT NULL,
    price     numeric(10, 2) NOT NULL,
    weight    real,
    tags      text[] NOT NULL DEFAULT '{}',
    cover     bytea,
    added     timestamptz NOT NULL DEFAULT now(),
    during    daterange
);

CREATE VIEW titles AS
    SELECT a.name, b.title FROM authors a LEFT JOIN books b ON b.author_id = a.id;
