-- no-transaction
CREATE INDEX CONCURRENTLY books_of_authors ON books (author_id);
