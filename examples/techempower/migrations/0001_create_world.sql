CREATE TABLE world (
    id INTEGER PRIMARY KEY,
    randomNumber INTEGER NOT NULL
);

INSERT INTO world (id, randomNumber)
WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < 10000)
SELECT id, 1 + (id * 7919) % 10000 FROM n;
