CREATE TABLE notes (
@sqlite@    id INTEGER PRIMARY KEY,
@sqlite@    text TEXT NOT NULL
@postgres@    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
@postgres@    text text NOT NULL
);
