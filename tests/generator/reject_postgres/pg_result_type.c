/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Columns that their fields cannot hold.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef enum genre { GENRE_NOVEL, GENRE_POETRY } genre;

DERIVE(row)
typedef struct book {
    int32_t id;
    double price;
    float weight;
    str tags;
    str cover;
    str added;
    genre genre;
    str during;
} book;

SQL("SELECT id, price, COALESCE(weight, 0) AS weight, tags, COALESCE(cover, '') AS cover, added, "
    "genre, COALESCE(during, 'empty') AS during FROM books WHERE id = $1")
http_status find_book(database *db, int64_t id, book *row);

SQL("SELECT id FROM authors WHERE id = $1")
http_status find_author(database *db, int32_t id, uint32_t *number);

SQL("SELECT avg(price)::float8 AS mean FROM books GROUP BY author_id")
http_status find_means(database *db, ARRAY(float) *means);

SQL("SELECT born FROM authors WHERE born IS NOT NULL")
http_status find_births(database *db, ARRAY(timestamp) *births);

SQL("SELECT profile FROM authors WHERE id = $1")
http_status find_profile(database *db, int32_t id, bool *profile);
