-- SPDX-License-Identifier: MIT OR Apache-2.0
-- What every peer's database holds: the users API's table, and TechEmpower's two.
\ir ../apps/migrations/0001_create_tables.sql

CREATE SEQUENCE user_ids OWNED BY users.id;
ALTER TABLE users ALTER COLUMN id SET DEFAULT nextval('user_ids');
INSERT INTO users (name, email)
    SELECT 'User ' || n, 'user' || n || '@example.com' FROM generate_series(1, 10000) AS n;

INSERT INTO world (id, randomnumber)
    SELECT n, floor(random() * 10000 + 1) FROM generate_series(1, 10000) AS n;

INSERT INTO fortune (id, message) VALUES
    (1, 'fortune: No such file or directory'),
    (2, 'A computer scientist is someone who fixes things that aren''t broken.'),
    (3, 'After enough decimal places, nobody gives a damn.'),
    (4, 'A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1'),
    (5, 'A computer program does what you tell it to do, not what you want it to do.'),
    (6, 'Emacs is a nice operating system, but I prefer UNIX. — Tom Christaensen'),
    (7, 'Any program that runs right is obsolete.'),
    (8, 'A list is only as strong as its weakest link. — Donald Knuth'),
    (9, 'Feature: A bug with seniority.'),
    (10, 'Computers make very fast, very accurate mistakes.'),
    (11, '<script>alert("This should not be displayed in a browser alert box.");</script>'),
    (12, 'フレームワークのベンチマーク');

ANALYZE;
