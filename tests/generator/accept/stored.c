/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Times, dates, UUIDs, decimals and bytes in a database.
 */
#include <weft/prelude.h>

DERIVE(row)
typedef struct event {
    uuid id;
    timestamp at;
    OPTIONAL(date) day;
    decimal price;
    OPTIONAL(bytes) picture;
    timestamp seen;
} event;
ARRAY_OF(event);

SQL("INSERT INTO events (id, at, day, price, picture) VALUES ($1, $2, $3, $4, $5)"
    " RETURNING id, at, day, price, picture, seen")
db_result add_event(database *db, uuid id, timestamp at, OPTIONAL(date) day, decimal price,
                    OPTIONAL(bytes) picture, event *row);

SQL("SELECT id, at, day, price, picture, seen FROM events WHERE at >= $1 ORDER BY at")
db_result list_events(database *db, timestamp since, ARRAY(event) *rows);

SQL("SELECT day FROM events WHERE id = $1")
db_result find_day(database *db, uuid id, OPTIONAL(date) *day);
